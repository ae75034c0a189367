import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { unaryTable } from "../../core/tables.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { planFunction } from "../../wasm/unary.js";
import type { unary } from "./op.js";

export const prepareUnary: Prepare<AttributesOf<typeof unary>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const { function: name } = call.attributes;
  if (output.dtype === "float32") return planFunction(call, name);
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  return planLookup(call, unaryTable(name, from, to, call.numerics));
};
