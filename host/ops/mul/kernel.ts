import { clampRange } from "../../core/activation.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { mulScale } from "../../core/requantize.js";
import { quantizeMultiplier } from "../../core/rounding.js";
import { VMUL_ARGS, VMUL_F32_ARGS, VMUL_TFLITE_ARGS } from "../../wasm/args.generated.js";
import { planBroadcast } from "../../wasm/broadcast.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import { rarePlans } from "../../wasm/rare.js";
import type { mul } from "./op.js";

export const prepareMul: Prepare<AttributesOf<typeof mul>> = (call) => {
  if (call.outputs[0]!.dtype === "int16") return rarePlans().planWideBinary("product", call);
  if (call.outputs[0]!.dtype === "int8" && call.numerics === "onnx") return rarePlans().planOnnxBinary("mul", call);
  const { activation, unsigned } = call.attributes;
  const { shape, inPlace, tiles, operands, swapped } = planBroadcast(call);
  const plan = { constants: [shape], inPlace };
  if (call.outputs[0]!.dtype === "float32") {
    const range = activationRange(activation);
    return { ...plan, steps: (at) => [step("f32_vmul", VMUL_F32_ARGS, { ...operands(at), ...range }, tiles)] };
  }

  const [a, b, output] = [...call.inputs, ...call.outputs].map((t) => perTensor(t!.quantization, `"${t!.name}"`));
  const values = {
    ...clampRange(activation, call.outputs[0]!.quantization, call.numerics, unsigned),
    zeroPointA: swapped ? b!.zeroPoint : a!.zeroPoint,
    zeroPointB: swapped ? a!.zeroPoint : b!.zeroPoint,
    zeroPoint: output!.zeroPoint,
  };
  const scale = mulScale(a!.scale, b!.scale, output!.scale);
  if (call.numerics === "xnnpack") {
    return { ...plan, steps: (at) => [step("qs8_vmul", VMUL_ARGS, { ...operands(at), ...values, scale }, tiles)] };
  }
  const factor = quantizeMultiplier(scale);
  return {
    ...plan,
    steps: (at) => [step("qs8_vmul_tflite", VMUL_TFLITE_ARGS, { ...operands(at), ...values, ...factor }, tiles)],
  };
};
