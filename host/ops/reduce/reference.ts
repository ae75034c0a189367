import { affineOf, scaled } from "../../core/elementwise.js";
import { allocate, inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { arithmeticOf } from "../../core/numerics.js";
import type { AttributesOf } from "../../core/op.js";
import { meanScale, sumMultiplier } from "../../core/requantize.js";
import { clamp, roundHalfEven } from "../../core/rounding.js";
import { reductionOffsets } from "../../core/strided.js";
import type { reduce } from "./op.js";

const f = Math.fround;

const FUNCTIONS = {
  sum: { start: 0, combine: (a: number, b: number) => a + b },
  max: { start: Number.NEGATIVE_INFINITY, combine: Math.max },
  min: { start: Number.POSITIVE_INFINITY, combine: Math.min },
  prod: { start: 1, combine: (a: number, b: number) => a * b },
};

/** (65); an int8 sum is (17) without the division in "xnnpack", (126) in "tflite". */
export const referenceReduce: Reference<AttributesOf<typeof reduce>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { function: name, axes } = call.attributes;
  const { outputs, reduced } = reductionOffsets(input.shape, axes);
  const { start, combine } = FUNCTIONS[name];
  const x = input.data as Float32Array | Int8Array;
  const total = (first: number) => reduced.reduce((sum, offset) => f(combine(sum, x[first + offset] as number)), start);
  const result = allocate(output) as Float32Array | Int8Array;
  if (isFloat(output) || name !== "sum") {
    outputs.forEach((first, i) => {
      result[i] = total(first);
    });
    return [result];
  }
  const [from, to] = [affineOf(input), affineOf(output)];
  const integerTotal = (first: number) => reduced.reduce((all, offset) => all + (x[first + offset] as number), 0);
  if (arithmeticOf("reduce", call.numerics) === "tflite") {
    const factor = sumMultiplier(from, to, reduced.length);
    outputs.forEach((first, i) => {
      result[i] = clamp(scaled((integerTotal(first) - factor.offset) | 0, factor) + factor.bias, -128, 127);
    });
    return [result];
  }
  const { scale, bias } = meanScale(from, to, reduced.length, false, "sum");
  outputs.forEach((first, i) => {
    const sum = integerTotal(first);
    result[i] = roundHalfEven(clamp(f(f(f(sum) * scale) + bias), -128, 127));
  });
  return [result];
};
