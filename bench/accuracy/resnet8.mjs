/** `node bench/accuracy/resnet8.mjs FOLDER`: resnet8_fp32 as ONNX and as .qbin, for the Python scripts beside this file. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/project.mjs";
import { exportOnnx } from "../peers/onnx/export.mjs";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name a folder to write to: node bench/accuracy/resnet8.mjs FOLDER");
const { importTflite, writeQbin } = await import(join(root, "dist/toolchain.js"));
const name = "resnet8_fp32";
const graph = importTflite(readFileSync(join(root, `../shared/models/${name}.tflite`)), { name });
writeFileSync(join(folder, `${name}.qbin`), writeQbin(graph));
writeFileSync(join(folder, `${name}.onnx`), exportOnnx(graph));
