import { affineOf } from "../../core/elementwise.js";
import { allocate, inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { expf } from "../../core/exp.js";
import { expFixed, reciprocalFixed } from "../../core/fixed-point.js";
import { requireTflite } from "../../core/numerics.js";
import { onnxSoftmaxSteps, onnxSoftmaxTable } from "../../core/onnx-softmax.js";
import type { AttributesOf } from "../../core/op.js";
import { type FixedSoftmax, fixedSoftmax } from "../../core/requantize.js";
import {
  clamp,
  doublingHighProduct,
  roundHalfAway,
  roundHalfEven,
  roundingDivideByPowerOfTwo,
} from "../../core/rounding.js";
import { softmaxTable } from "../../core/tables.js";
import type { softmax } from "./op.js";

const f = Math.fround;

/** (20), of the reference kernels (123), in "onnx" (107); float32: (49). */
export const referenceSoftmax: Reference<AttributesOf<typeof softmax>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { unsigned } = call.attributes;
  const depth = input.shape.at(-1) ?? 1;
  const result = allocate(output) as Float32Array | Int8Array;

  if (isFloat(output)) {
    const beta = f(call.attributes.beta);
    forEachRow(input.data as Float32Array, depth, (row, start) => {
      const max = largest(row);
      const weights = row.map((x) => expf(f(beta * f(x - max))));
      const sum = weights.reduce((total, weight) => f(total + weight), 0);
      weights.forEach((weight, i) => {
        result[start + i] = weight / sum;
      });
    });
    return [result];
  }

  if (call.numerics === "onnx") {
    const { scale, zeroPoint } = affineOf(output);
    const table = onnxSoftmaxTable(affineOf(input).scale, depth);
    const steps = onnxSoftmaxSteps(scale);
    forEachRow(input.data as Int8Array, depth, (row, start) => {
      const max = largest(row);
      const weights = Float32Array.from(row, (q) => table[255 - (max - q)] as number);
      const sum = weights.reduce((total, weight) => f(total + weight), 0);
      weights.forEach((weight, i) => {
        result[start + i] = Math.min(roundHalfEven(f(f(weight * steps) / sum)) + zeroPoint, 127);
      });
    });
    return [result];
  }
  requireTflite("softmax", call.numerics);
  if (call.attributes.kernels) {
    forEachRow(input.data as Int8Array, depth, (row, start) => {
      (result as Int8Array).set(fixedRow(row, fixedSoftmax(affineOf(input).scale, call.attributes.beta)), start);
    });
    return [result];
  }
  const { scale, zeroPoint } = affineOf(output);
  const table = softmaxTable(affineOf(input).scale, call.attributes.beta);
  forEachRow(input.data as Int8Array, depth, (row, start) => {
    const max = largest(row);
    const weights = Float32Array.from(row, (q) => table[255 - (max - q)] as number);
    const sum = weights.reduce((total, weight) => f(total + weight), 0);
    const inverse = f(1 / f(sum * scale));
    weights.forEach((weight, i) => {
      const p = f(weight * inverse);
      result[start + i] = unsigned
        ? Math.min(Math.trunc(f(p + 0.5)), 255) - 128
        : clamp(roundHalfAway(p) + zeroPoint, -128, 127);
    });
  });
  return [result];
};

function forEachRow<T extends Float32Array | Int8Array>(
  data: T,
  depth: number,
  visit: (row: T, start: number) => void,
): void {
  for (let start = 0; start < data.length; start += depth) visit(data.subarray(start, start + depth) as T, start);
}

function largest(row: Float32Array | Int8Array): number {
  let max = row[0] as number;
  for (const x of row) if (x > max) max = x;
  return max;
}

/** (123). */
function fixedRow(row: Int8Array, { multiplier, shift, least }: FixedSoftmax): Int8Array {
  const max = largest(row);
  const weights = Array.from(row, (q) => {
    return q - max < least ? 0 : expFixed(doublingHighProduct((q - max) * 2 ** shift, multiplier), 5);
  });
  const sum = weights.reduce((total, weight) => total + roundingDivideByPowerOfTwo(weight, 12), 0);
  const headroom = Math.clz32(sum);
  const scale = reciprocalFixed(sum * 2 ** headroom - 2 ** 31);
  return Int8Array.from(weights, (weight) => {
    const y = roundingDivideByPowerOfTwo(doublingHighProduct(scale, weight), 12 - headroom + 23);
    return Math.min(y - 128, 127);
  });
}
