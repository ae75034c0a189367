import { UnsupportedOpError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { concatenationScale, requantizeMultiplier, requantizeMultiplier8 } from "../../core/requantize.js";

/**
 * To and from int16 there is only the fixed-point form, without `arithmetic` "concatenation".
 *
 * `arithmetic` "profile": QUANTIZE between quantized types, as the node's numerics has it; between int8 and uint8 "xnnpack"
 * too uses the fixed-point form of "tflite", which for equal scales and zero points 128 apart is x ^ 0x80. "onnx" goes through
 * float32.
 *
 * "concatenation" (int8 → int8, numerics "tflite"): how TFLite's uint8 CONCATENATION rescales an input whose parameters
 * differ from the output's, on values and zero points 128 higher: r = f(s_in · f(1 / s_out)),
 * y = clamp(rha(f(f((x + 128) · r) + f(−(zp_in + 128) · r))) + zp_out + 128, 0, 255) − 128.
 */
export const requantize = defineOp({
  name: "requantize",
  code: 18,
  summary: "Between int8 and uint8, or to other scales and zero points",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { arithmetic: { kind: "enum", values: ["profile", "concatenation"] } },
  types: [
    "int8 -> int8",
    "int8 -> uint8",
    "uint8 -> int8",
    "uint8 -> uint8",
    "int16 -> int16",
    "int8 -> int16",
    "int16 -> int8",
  ],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(inputs, { arithmetic }, outputs, numerics) {
    const types = [need(inputs, 0).dtype, need(outputs, 0).dtype];
    if (arithmetic === "concatenation" && (numerics !== "tflite" || types.some((type) => type !== "int8"))) {
      const message = `arithmetic "concatenation" is for int8 -> int8 in numerics "tflite"`;
      throw new UnsupportedOpError(
        "unsupported-numerics",
        `${message}, this is ${types.join(" -> ")} in "${numerics}"`,
      );
    }
    if (numerics === "onnx") return;
    const multiplier = numerics === "xnnpack" && types[0] === types[1] ? requantizeMultiplier8 : requantizeMultiplier;
    checkScales([...inputs, ...outputs], (x, y) =>
      arithmetic === "concatenation" ? concatenationScale(x, y) : multiplier(x.scale, y.scale),
    );
  },
});
