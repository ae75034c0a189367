import { tanhFixedTable } from "../../core/fixed-tables.js";
import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { tanhTable } from "../../core/tables.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { planFunction } from "../../wasm/unary.js";
import type { tanh } from "./op.js";

export const prepareTanh: Prepare<AttributesOf<typeof tanh>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  if (output.dtype === "float32") return planFunction(call, "tanh");
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  const { unsigned, kernels } = call.attributes;
  return planLookup(call, kernels ? tanhFixedTable(from, to) : tanhTable(from, to, call.numerics, unsigned));
};
