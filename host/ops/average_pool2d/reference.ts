import { clampFloat, clampRange } from "../../core/activation.js";
import { affineOf } from "../../core/elementwise.js";
import { allocate, inputOf, isFloat, outputOf, type Reference, type ReferenceCall } from "../../core/evaluate.js";
import { requireTflite } from "../../core/numerics.js";
import { realOf } from "../../core/onnx.js";
import { roundedSum } from "../../core/onnx-pairs.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import { forEachWindow } from "../../core/pool.js";
import { clamp } from "../../core/rounding.js";
import type { averagePool2d } from "./op.js";

const f = Math.fround;

/** (15), in "onnx" (106); float32: (44). */
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

  if (call.numerics === "onnx") return [averageReal(call)];
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

/** (106) */
function averageReal(call: ReferenceCall<AttributesOf<typeof averagePool2d>>): Int8Array {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { activation, unsigned } = call.attributes;
  const [from, to] = [affineOf(input), affineOf(output)];
  const { min, max } = clampRange(activation, output.quantization, "onnx", unsigned);
  const x = input.data as Int8Array;
  const y = allocate(output) as Int8Array;
  forEachWindow(input.shape, output.shape, call.attributes, (at, taps) => {
    for (let c = 0; c < (input.shape[3] as number); c++) {
      let sum = 0;
      for (const tap of taps) sum = f(sum + realOf(x[tap + c] as number, from));
      const mean = f(f(sum / taps.length) / to.scale);
      y[at + c] = clamp(roundedSum(mean, to.zeroPoint, unsigned), min, max);
    }
  });
  return y;
}
