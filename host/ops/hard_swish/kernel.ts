import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { hardSwishTable } from "../../core/tables.js";
import { VHSWISH_F32_ARGS } from "../../wasm/args.generated.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { planUnary } from "../../wasm/unary.js";
import type { hardSwish } from "./op.js";

export const prepareHardSwish: Prepare<AttributesOf<typeof hardSwish>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  if (output.dtype === "float32") return planUnary(call, "f32_vhswish", VHSWISH_F32_ARGS, () => ({}));
  const from = perTensor(input.quantization, `"${input.name}"`);
  return planLookup(call, hardSwishTable(from, perTensor(output.quantization, `"${output.name}"`), call.numerics));
};
