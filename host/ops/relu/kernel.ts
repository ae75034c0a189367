import { clampRange } from "../../core/activation.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { reluMultiplier } from "../../core/requantize.js";
import { reluTable } from "../../core/tables.js";
import { VCLAMP_F32_ARGS } from "../../wasm/args.generated.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { rarePlans } from "../../wasm/rare.js";
import { planUnary } from "../../wasm/unary.js";
import type { relu } from "./op.js";

export const prepareRelu: Prepare<AttributesOf<typeof relu>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const { activation } = call.attributes;
  if (output.dtype === "float32")
    return planUnary(call, "f32_vclamp", VCLAMP_F32_ARGS, () => activationRange(activation));
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  if (output.dtype === "int16") {
    const range = clampRange(activation, output.quantization, "tflite", false, 16);
    return rarePlans().planWideConversion(call, reluMultiplier(from.scale, to.scale), range);
  }
  return planLookup(call, reluTable(from, to, activation, call.numerics));
};
