import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelData, Preprocessing, TensorType } from "../../host/core/model.js";
import { writeQbin } from "../../host/format/write.js";
import { importTflite } from "../../host/import/index.js";
import { root } from "../../scripts/project.mjs";
import { singleNode } from "../conformance/case.js";

export const DIGITS = join(root, "examples/digits/digits.qbin");

export function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(root, path)));
}

/** A model of test/models as a .qbin file, and what TensorFlow Lite computed with it. */
export function operatorModel(name: string): Uint8Array {
  return writeQbin(importTflite(bytesOf(`test/models/${name}.tflite`), { name }));
}

export function operatorData(name: string, which: `input${number}` | `output${number}`): Uint8Array<ArrayBuffer> {
  return bytesOf(`test/models/${name}.${which}.bin`);
}

/** A model that hands its only input through: what predict does to values on the way in and out is all there is. */
export function identity(type: TensorType, preprocessing?: Preprocessing): Uint8Array {
  const padding = type.shape.flatMap(() => [0, 0]);
  const model: ModelData = singleNode("pad", [type], [{ ...type, name: "same" }], { padding });
  return writeQbin({ ...model, preprocessing: [preprocessing] });
}
