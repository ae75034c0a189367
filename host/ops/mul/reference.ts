import { affineOf, floatPairs, quantizedPairs, scaled } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { onnxPair } from "../../core/onnx-pairs.js";
import type { AttributesOf } from "../../core/op.js";
import { mulScale } from "../../core/requantize.js";
import { quantizeMultiplier, roundHalfEven } from "../../core/rounding.js";
import type { mul } from "./op.js";

const f = Math.fround;

/** (14), in "onnx" (103); float32: (46). */
export const referenceMul: Reference<AttributesOf<typeof mul>> = (call) => {
  const output = outputOf(call);
  if (isFloat(output)) return floatPairs(call, (a, b) => a * b);

  const [a, b, y] = [affineOf(inputOf(call, 0)), affineOf(inputOf(call, 1)), affineOf(output)];
  if (call.numerics === "onnx") return quantizedPairs(call, onnxPair("mul", [a, b, y], call.attributes.unsigned));
  const scale = mulScale(a.scale, b.scale, y.scale);
  if (call.numerics === "xnnpack") {
    return quantizedPairs(
      call,
      (p, q) => roundHalfEven(f((p - a.zeroPoint) * (q - b.zeroPoint) * scale)) + y.zeroPoint,
    );
  }
  const factor = quantizeMultiplier(scale);
  return quantizedPairs(call, (p, q) => scaled((p - a.zeroPoint) * (q - b.zeroPoint), factor) + y.zeroPoint);
};
