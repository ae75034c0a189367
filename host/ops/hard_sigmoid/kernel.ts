import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { quantizedFunctionTable } from "../../core/tables.js";
import { hardSigmoidf } from "../../core/unary.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { planFunction } from "../../wasm/unary.js";
import type { hardSigmoid } from "./op.js";

export const prepareHardSigmoid: Prepare<AttributesOf<typeof hardSigmoid>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const { alpha, beta } = call.attributes;
  if (output.dtype === "float32") return planFunction(call, "hard_sigmoid", alpha, beta);
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  return planLookup(
    call,
    quantizedFunctionTable((x) => hardSigmoidf(x, alpha, beta), from, to, call.numerics),
  );
};
