import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { elementCount, stridesOf } from "../../core/shape.js";
import { FILL_ARGS } from "../../wasm/args.generated.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import { planMove } from "../../wasm/move.js";
import type { pad } from "./op.js";

/** Bytes one tile fills. */
const BLOCK = 16384;

/**
 * Fills the whole output, then copies the input into its place. Writing the inside twice costs less than finding the
 * borders of up to six axes.
 */
export const preparePad: Prepare<AttributesOf<typeof pad>> = ({ inputs, outputs, attributes }) => {
  const output = outputs[0]!;
  const bytes = ELEMENT_BYTES[output.dtype];
  const total = elementCount(output.shape) * bytes;
  const from = stridesOf(inputs[0]!.shape);
  const to = stridesOf(output.shape);
  const axes = inputs[0]!.shape.map((count, i) => ({ count, from: from[i]! * bytes, to: to[i]! * bytes }));
  const first = to.reduce((sum, stride, i) => sum + attributes.padding[2 * i]! * stride, 0) * bytes;
  const move = planMove(axes, bytes);
  // Float tensors have no zero point: four bytes of 0 are 0.0.
  const value = output.quantization?.zeroPoint ?? 0;
  return {
    steps: (at) => [
      step("x8_fill", FILL_ARGS, { output: at.output(0), bytes: total, block: BLOCK, value }, Math.ceil(total / BLOCK)),
      move(at.input(0), at.output(0) + first),
    ],
  };
};
