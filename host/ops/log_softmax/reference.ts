import { inputOf, type Reference } from "../../core/evaluate.js";
import { expf } from "../../core/exp.js";
import { logf } from "../../core/log.js";
import type { AttributesOf } from "../../core/op.js";
import type { logSoftmax } from "./op.js";

const f = Math.fround;

/** (69). */
export const referenceLogSoftmax: Reference<AttributesOf<typeof logSoftmax>> = (call) => {
  const input = inputOf(call, 0);
  const x = input.data as Float32Array;
  const depth = input.shape.at(-1) ?? 1;
  const result = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += depth) {
    const row = x.subarray(start, start + depth);
    let max = row[0] as number;
    for (const value of row) if (value > max) max = value;
    const logarithm = logf(row.reduce((sum, value) => f(sum + expf(f(value - max))), 0));
    row.forEach((value, i) => {
      result[start + i] = f(value - max) - logarithm;
    });
  }
  return [result];
};
