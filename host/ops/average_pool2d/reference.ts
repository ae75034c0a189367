import { clampFloat, clampRange } from "../../core/activation.js";
import { allocate, inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { requireTflite } from "../../core/numerics.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import { forEachWindow } from "../../core/pool.js";
import { clamp } from "../../core/rounding.js";
import type { averagePool2d } from "./op.js";

const f = Math.fround;

/** (15); float32: (44). */
export const referenceAveragePool2d: Reference<AttributesOf<typeof averagePool2d>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { activation, unsigned } = call.attributes;
  const channels = input.shape[3] as number;
  const x = input.data as Float32Array | Int8Array | Int16Array;
  const y = allocate(output) as Float32Array | Int8Array | Int16Array;

  if (isFloat(output)) {
    const { min, max } = activationRange(activation);
    forEachWindow(input.shape, output.shape, call.attributes, (at, taps) => {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (const tap of taps) sum = f(sum + (x[tap + c] as number));
        y[at + c] = clampFloat(f(sum / taps.length), min, max);
      }
    });
    return [y];
  }

  requireTflite("average_pool2d", call.numerics);
  const { min, max } = clampRange(
    activation,
    output.quantization,
    "tflite",
    unsigned,
    output.dtype === "int16" ? 16 : 8,
  );
  const shift = unsigned ? 128 : 0;
  forEachWindow(input.shape, output.shape, call.attributes, (at, taps) => {
    const half = taps.length >> 1;
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (const tap of taps) sum += (x[tap + c] as number) + shift;
      const mean = Math.trunc((sum + (sum > 0 ? half : -half)) / taps.length);
      y[at + c] = clamp(mean - shift, min, max);
    }
  });
  return [y];
};
