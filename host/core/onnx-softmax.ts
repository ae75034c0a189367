import { exp } from "./exp.js";
import { logWide } from "./log.js";

const f = Math.fround;

/** (2 − 2^−23) · 2^127 */
const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/** (107): weights of the differences to the maximum, entry 255 − (max − x) that of x, for rows of `length`. */
export function onnxSoftmaxTable(inputScale: number, length: number): Float32Array {
  const table = new Float32Array(256);
  const room = Math.max(0, logWide(f(LARGEST_FLOAT / length)) - 5) / inputScale;
  // exp is for ±700; float32 has long reached 0 there, and nothing is above 84.
  for (let i = 0; i < 256; i++) table[i] = exp(Math.max((i - 255 + room) * inputScale, -700));
  return table;
}

/** (107) ⌊f(1 / s_y)⌋: steps of the output that make 1. */
export function onnxSoftmaxSteps(outputScale: number): number {
  return Math.floor(f(1 / outputScale));
}
