import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { quantizedFunctionTable } from "../../core/tables.js";
import { eluf } from "../../core/unary.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { planFunction } from "../../wasm/unary.js";
import type { elu } from "./op.js";

export const prepareElu: Prepare<AttributesOf<typeof elu>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const alpha = Math.fround(call.attributes.alpha);
  if (output.dtype === "float32") return planFunction(call, "elu", alpha);
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  return planLookup(
    call,
    quantizedFunctionTable((x) => eluf(x, alpha), from, to, call.numerics),
  );
};
