import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { QUANTIZE_ARGS } from "../../wasm/args.generated.js";
import type { Prepare } from "../../wasm/kernel.js";
import { rarePlans } from "../../wasm/rare.js";
import { planUnary } from "../../wasm/unary.js";
import type { quantize } from "./op.js";

export const prepareQuantize: Prepare<AttributesOf<typeof quantize>> = (call) => {
  const output = call.outputs[0]!;
  if (output.dtype === "int16") return rarePlans().planWideConversion(call);
  if (call.numerics === "onnx") return rarePlans().planOnnxQuantize(call);
  const { scale, zeroPoint } = perTensor(output.quantization, `"${output.name}"`);
  const place = output.dtype === "uint8" ? { flip: 0x80, zeroPoint: zeroPoint - 128 } : { flip: 0, zeroPoint };
  if (call.numerics === "xnnpack") {
    return planUnary(call, "f32_qs8_vcvt", QUANTIZE_ARGS, () => ({ ...place, factor: 1 / scale }));
  }
  const kernel = call.attributes.kernels ? "f32_qs8_vcvt_reference" : "f32_qs8_vcvt_tflite";
  return planUnary(call, kernel, QUANTIZE_ARGS, () => ({ ...place, factor: scale }));
};
