/**
 * Writes bench/shapes/<network>.txt: the layers with weights of a model in ../shared/models, each distinct one once. Run it
 * again when a model is added: node bench/shapes/derive.mjs (needs a build).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTflite } from "../lib/models.mjs";
import { formatTable } from "../lib/report.mjs";

const NETWORKS = {
  mobilenet_v2: "tf2_mobilenet_v2_1.0_224_ptq",
  "mobilenet_v1_0.25_128": "mobilenet_v1_0.25_128_quant",
  resnet8: "resnet8_int8",
  kws: "kws_int8",
  vww: "vww_int8",
  ad01: "ad01_int8",
};
/** What a fully connected layer is as a convolution. */
const PLAIN = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
const HEADER = ["# op", "input", "kernel", "stride", "padding", "output", "weights", "layers"];

const { importTflite } = await import(new URL("../../dist/toolchain.js", import.meta.url));
for (const [network, model] of Object.entries(NETWORKS)) {
  const counts = new Map();
  for (const line of layersOf(importTflite(readTflite(model), {}))) counts.set(line, (counts.get(line) ?? 0) + 1);
  const rows = [...counts].map(([line, layers]) => [...line.split(" "), String(layers)]);
  const about = `# The layers with weights of ${model}, written by derive.mjs. Padding is top,left,bottom,right.\n`;
  writeFileSync(join(import.meta.dirname, `${network}.txt`), `${about}${formatTable([HEADER, ...rows], 8)}\n`);
}

/** One line of text per layer, its fields as in HEADER. */
function layersOf({ nodes, tensors }) {
  const withWeights = nodes.filter(({ op }) => ["conv2d", "depthwise_conv2d", "fully_connected"].includes(op));
  return withWeights.map(({ op, inputs, outputs, attributes }) => {
    const [input, weights] = inputs.map((index) => tensors[index]);
    const output = tensors[outputs[0]];
    const isProduct = op === "fully_connected";
    const { stride, padding, dilation, groups } = isProduct ? PLAIN : { ...PLAIN, ...attributes };
    if (groups !== 1 || dilation.some((d) => d !== 1)) throw new Error(`${op} with groups or dilation: add a column`);
    const kernel = isProduct ? [1, 1] : weights.shape.slice(1, 3);
    const image = ({ shape }) =>
      isProduct ? [1, shape.slice(0, -1).reduce((a, b) => a * b), shape.at(-1)] : shape.slice(1);
    const dtype = weights.quantization.zeroPoint === 0 ? "int8" : "uint8";
    return [
      op,
      image(input).join("x"),
      kernel.join("x"),
      stride.join("x"),
      padding,
      image(output).join("x"),
      dtype,
    ].join(" ");
  });
}
