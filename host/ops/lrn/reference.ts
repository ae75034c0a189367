import { inputOf, type Reference } from "../../core/evaluate.js";
import { powf } from "../../core/log.js";
import type { AttributesOf } from "../../core/op.js";
import type { lrn } from "./op.js";

const f = Math.fround;

/** (68). */
export const referenceLrn: Reference<AttributesOf<typeof lrn>> = (call) => {
  const input = inputOf(call, 0);
  const { before, after, alpha, beta, bias } = call.attributes;
  const channels = input.shape.at(-1) ?? 1;
  const x = input.data as Float32Array;
  return [
    x.map((value, i) => {
      const c = i % channels;
      const first = i - c;
      const window = x.subarray(first + Math.max(c - before, 0), first + Math.min(c + after + 1, channels));
      const sum = window.reduce((total, y) => f(total + f(y * y)), 0);
      return value * powf(f(f(bias) + f(f(alpha) * sum)), -f(beta));
    }),
  ];
};
