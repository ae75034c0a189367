import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { leakyMultipliers8 } from "../../core/requantize.js";
import { leakyReluTable } from "../../core/tables.js";
import { VLRELU_F32_ARGS } from "../../wasm/args.generated.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { planUnary } from "../../wasm/unary.js";
import type { leakyRelu } from "./op.js";

export const prepareLeakyRelu: Prepare<AttributesOf<typeof leakyRelu>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const { alpha, kernels } = call.attributes;
  if (output.dtype === "float32") return planUnary(call, "f32_vlrelu", VLRELU_F32_ARGS, () => ({ alpha }));
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  const table = leakyReluTable(from, to, alpha, call.numerics, kernels);
  if (call.numerics !== "xnnpack") return planLookup(call, table);
  return planLookup(call, table, {
    ...leakyMultipliers8(from.scale, to.scale, alpha),
    inputZeroPoint: from.zeroPoint,
    outputZeroPoint: to.zeroPoint,
  });
};
