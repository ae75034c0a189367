/** Networks that differ in one number: chains of 3×3 or 1×1 convolutions over a small picture, by channels. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { modelsFolder } from "../lib/models.mjs";
import { mulberry32 } from "../lib/timing.mjs";

export const WIDTHS = [8, 16, 32, 64, 128, 256];
const KERNELS = [1, 3];
const SIZE = 14;
const DEPTH = 4;

/**
 * Writes their .qbin files beside those of the real models.
 * @returns {Promise<string[]>} their names
 */
export async function writeSynthetic() {
  const { GraphBuilder, writeQbin } = await import(new URL("../../dist/toolchain.js", import.meta.url));
  mkdirSync(modelsFolder, { recursive: true });
  const names = [];
  for (const kernel of KERNELS) {
    for (const width of WIDTHS) {
      const name = `chain_${kernel}x${kernel}_w${width}`;
      writeFileSync(join(modelsFolder, `${name}.qbin`), writeQbin(chain(GraphBuilder, kernel, width)));
      names.push(name);
    }
  }
  return names;
}

/** DEPTH convolutions from `width` to `width` channels over SIZE × SIZE pixels, padded to keep their size. */
function chain(GraphBuilder, kernel, width) {
  const random = mulberry32(width);
  const builder = new GraphBuilder({ name: "chain", description: "", numerics: "xnnpack" });
  const quantization = { scale: [Math.fround(0.05)], zeroPoint: 0 };
  const pad = (kernel - 1) / 2;
  const attributes = {
    stride: [1, 1],
    dilation: [1, 1],
    padding: [pad, pad, pad, pad],
    groups: 1,
    activation: "none",
    unsigned: false,
  };
  let x = builder.input({ name: "x", dtype: "int8", shape: [1, SIZE, SIZE, width], quantization });
  for (let i = 0; i < DEPTH; i++) {
    const shape = [width, kernel, kernel, width];
    const data = Uint8Array.from({ length: width * kernel * kernel * width }, () => 129 + Math.floor(random() * 255));
    const weights = builder.constant({ name: `w${i}`, dtype: "int8", shape, quantization }, data);
    const bias = builder.constant({ name: `b${i}`, dtype: "int32", shape: [width] }, new Uint8Array(4 * width));
    const outputs = [{ name: `y${i}`, dtype: "int8", quantization }];
    [x] = builder.node({
      op: "conv2d",
      name: `conv${i}`,
      numerics: "xnnpack",
      inputs: [x, weights, bias],
      attributes,
      outputs,
    });
  }
  builder.output(x);
  return builder.build();
}
