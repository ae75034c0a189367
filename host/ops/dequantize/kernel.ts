import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { DEQUANTIZE_ARGS } from "../../wasm/args.generated.js";
import type { Prepare } from "../../wasm/kernel.js";
import { rarePlans } from "../../wasm/rare.js";
import { planUnary } from "../../wasm/unary.js";
import type { dequantize } from "./op.js";

export const prepareDequantize: Prepare<AttributesOf<typeof dequantize>> = (call) => {
  const input = call.inputs[0]!;
  if (input.dtype === "int16") return rarePlans().planWideConversion(call);
  const { scale, zeroPoint } = perTensor(input.quantization, `"${input.name}"`);
  const place = input.dtype === "uint8" ? { flip: 0x80, zeroPoint: zeroPoint - 128 } : { flip: 0, zeroPoint };
  return planUnary(call, "qs8_f32_vcvt", DEQUANTIZE_ARGS, () => ({ ...place, scale }));
};
