import { allocate, inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { reductionOffsets } from "../../core/strided.js";
import type { argMax } from "./op.js";

/** (50). The first of the largest elements wins; raw values are compared, so scales do not matter. */
export const referenceArgMax: Reference<AttributesOf<typeof argMax>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { outputs, reduced } = reductionOffsets(input.shape, [call.attributes.axis]);
  const x = input.data as Float32Array | Int8Array;
  const result = allocate(output) as Int32Array | BigInt64Array;
  outputs.forEach((start, i) => {
    let best = 0;
    for (let j = 1; j < reduced.length; j++) {
      if ((x[start + (reduced[j] as number)] as number) > (x[start + (reduced[best] as number)] as number)) best = j;
    }
    result[i] = result instanceof BigInt64Array ? BigInt(best) : best;
  });
  return [result];
};
