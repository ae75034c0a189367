/** Reads bench/shapes/*.txt. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const folder = join(import.meta.dirname, "../shapes");

/** Networks that have a list. */
export const NETWORKS = readdirSync(folder)
  .filter((name) => name.endsWith(".txt"))
  .map((name) => basename(name, ".txt"));

/**
 * @typedef {object} Layer
 * @property {"conv2d" | "depthwise_conv2d" | "fully_connected"} op
 * @property {number[]} input    [height, width, channels]
 * @property {number[]} kernel   [height, width]
 * @property {number[]} stride
 * @property {number[]} padding  [top, left, bottom, right]
 * @property {number[]} output   [height, width, channels]
 * @property {"int8" | "uint8"} weights  uint8: with a zero point that is not 0
 * @property {number} layers     how many of them the network has
 * @property {string} shape      "gemm(m=12544,n=96,k=16)": what the bench calls it, dtype apart
 * @property {number} m  @property {number} n  @property {number} k   as a matrix product: rows, columns, depth
 * @property {number} macs
 */

/** @returns {Layer[]} */
export function readShapes(network) {
  const lines = readFileSync(join(folder, `${network}.txt`), "utf8").split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map(parse);
}

function parse(line) {
  const [op, ...fields] = line.split(/\s+/);
  const numbers = (text) => text.split(/[x,]/).map(Number);
  const [input, kernel, stride, padding, output] = fields.slice(0, 5).map(numbers);
  const [weights, layers] = fields.slice(5);
  const m = output[0] * output[1];
  const n = output[2];
  const k = kernel[0] * kernel[1] * (op === "depthwise_conv2d" ? 1 : input[2]);
  const layer = {
    op,
    input,
    kernel,
    stride,
    padding,
    output,
    weights,
    layers: Number(layers),
    m,
    n,
    k,
    macs: m * n * k,
  };
  return { ...layer, shape: nameOf(layer) };
}

function nameOf({ op, input: [h, w, c], kernel, stride, m, n, k }) {
  const isPointwise = [...kernel, ...stride].every((size) => size === 1);
  const window = `k=${kernel.join("x")},s=${stride[0]}`;
  if (op === "depthwise_conv2d") return `dwconv(h=${h},w=${w},c=${c},${window})`;
  if (isPointwise) return m === 1 ? `gemv(n=${n},k=${k})` : `gemm(m=${m},n=${n},k=${k})`;
  return `conv(h=${h},w=${w},c=${c},n=${n},${window})`;
}
