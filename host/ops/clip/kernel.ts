import { clampFloat } from "../../core/activation.js";
import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { quantizedFunctionTable } from "../../core/tables.js";
import { clipRange } from "../../core/unary.js";
import { VCLAMP_F32_ARGS } from "../../wasm/args.generated.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { planUnary } from "../../wasm/unary.js";
import type { clip } from "./op.js";

export const prepareClip: Prepare<AttributesOf<typeof clip>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const { min, max } = clipRange(call.attributes);
  if (output.dtype === "float32") return planUnary(call, "f32_vclamp", VCLAMP_F32_ARGS, () => ({ min, max }));
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  return planLookup(
    call,
    quantizedFunctionTable((x) => clampFloat(x, min, max), from, to, call.numerics),
  );
};
