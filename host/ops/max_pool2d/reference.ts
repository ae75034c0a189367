import { clampFloat, clampRange } from "../../core/activation.js";
import { allocate, inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import { forEachWindow } from "../../core/pool.js";
import type { maxPool2d } from "./op.js";

/** (16), for int8 and float32 alike. */
export const referenceMaxPool2d: Reference<AttributesOf<typeof maxPool2d>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { activation, unsigned } = call.attributes;
  const { min, max } = isFloat(output)
    ? activationRange(activation)
    : clampRange(activation, output.quantization, call.numerics, unsigned, output.dtype === "int16" ? 16 : 8);
  const channels = input.shape[3] as number;
  const x = input.data as Float32Array | Int8Array | Int16Array;
  const y = allocate(output) as Float32Array | Int8Array | Int16Array;
  forEachWindow(input.shape, output.shape, call.attributes, (at, taps) => {
    for (let c = 0; c < channels; c++) {
      let largest = x[(taps[0] as number) + c] as number;
      for (const tap of taps) if ((x[tap + c] as number) > largest) largest = x[tap + c] as number;
      y[at + c] = clampFloat(largest, min, max);
    }
  });
  return [y];
};
