import { QUANTIZED_RANGE } from "../../core/dtype.js";
import { affineOf } from "../../core/elementwise.js";
import { allocate, inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { clamp, roundHalfAway, roundHalfEven } from "../../core/rounding.js";
import type { quantize } from "./op.js";

const f = Math.fround;

/** (27), of the reference kernels (127). NaN, which the frameworks leave undefined, becomes real 0. */
export const referenceQuantize: Reference<AttributesOf<typeof quantize>> = (call) => {
  const output = outputOf(call);
  const { scale, zeroPoint } = affineOf(output);
  const [min, max] = QUANTIZED_RANGE[output.dtype] ?? [0, 0];
  const inverse = f(1 / scale);
  const steps = {
    xnnpack: (x: number) => roundHalfEven(f(x * inverse)),
    tflite: (x: number) => roundHalfAway(call.attributes.kernels ? f(x / scale) : x / scale),
    onnx: (x: number) => roundHalfEven(f(x / scale)),
  }[call.numerics];
  const result = allocate(output) as Int8Array | Uint8Array | Int16Array;
  (inputOf(call, 0).data as Float32Array).forEach((x, i) => {
    result[i] = clamp((Number.isNaN(x) ? 0 : steps(x)) + zeroPoint, min, max);
  });
  return [result];
};
