import { logisticFixedTable } from "../../core/fixed-tables.js";
import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { logisticTable } from "../../core/tables.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { planFunction } from "../../wasm/unary.js";
import type { logistic } from "./op.js";

export const prepareLogistic: Prepare<AttributesOf<typeof logistic>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  if (output.dtype === "float32") return planFunction(call, "logistic");
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  const { unsigned, kernels } = call.attributes;
  return planLookup(call, kernels ? logisticFixedTable(from, to) : logisticTable(from, to, call.numerics, unsigned));
};
