import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { tanhTable } from "../../core/tables.js";
import { VTANH_F32_ARGS } from "../../wasm/args.generated.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { planUnary, powers } from "../../wasm/unary.js";
import type { tanh } from "./op.js";

export const prepareTanh: Prepare<AttributesOf<typeof tanh>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  if (output.dtype === "float32")
    return planUnary(call, "f32_vtanh", VTANH_F32_ARGS, (at) => ({ powers: at.constant(0) }), [powers]);
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  return planLookup(call, tanhTable(from, to, call.numerics, call.attributes.unsigned));
};
