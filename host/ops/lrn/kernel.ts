import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import { LRN_ARGS, VMUL_F32_ARGS } from "../../wasm/args.generated.js";
import { planFloatBinary } from "../../wasm/binary.js";
import { planBroadcast } from "../../wasm/broadcast.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import type { lrn } from "./op.js";

/** The sums into shared memory, their powers in place, then the product. */
export const prepareLrn: Prepare<AttributesOf<typeof lrn>> = (call) => {
  const input = call.inputs[0]!;
  const { before, after, alpha, beta, bias } = call.attributes;
  const channels = input.shape.at(-1) ?? 1;
  const count = elementCount(input.shape);
  const exponent = new Uint8Array(Float32Array.of(-beta).buffer);
  const scalar = { ...input, shape: [] };
  const power = planFloatBinary("pow", { ...call, inputs: [input, scalar], outputs: [input] });
  const product = planBroadcast({ ...call, inputs: [input, input], outputs: [input] });
  const values = { channels, before, after, alpha, bias };
  const [powerConstants, first] = [power.constants!, power.constants!.length];
  return {
    constants: [...powerConstants, exponent, product.shape],
    sharedBytes: count * 4,
    steps: (at) => [
      step("f32_lrn", LRN_ARGS, { ...values, input: at.input(0), output: at.shared }, count / channels),
      ...power.steps({ ...at, input: (i) => (i === 0 ? at.shared : at.constant(first)), output: () => at.shared }),
      step(
        "f32_vmul",
        VMUL_F32_ARGS,
        {
          a: at.input(0),
          b: at.shared,
          output: at.output(0),
          shape: at.constant(first + 1),
          min: Number.NEGATIVE_INFINITY,
          max: Number.POSITIVE_INFINITY,
        },
        product.tiles,
      ),
    ],
  };
};
