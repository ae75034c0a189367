import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planMove } from "../../wasm/move.js";
import type { transpose } from "./op.js";

export const prepareTranspose: Prepare<AttributesOf<typeof transpose>> = ({ inputs, outputs, attributes }) => {
  const output = outputs[0]!;
  const bytes = ELEMENT_BYTES[output.dtype];
  const from = stridesOf(inputs[0]!.shape);
  const to = stridesOf(output.shape);
  const axes = output.shape.map((count, i) => ({
    count,
    from: from[attributes.permutation[i]!]! * bytes,
    to: to[i]! * bytes,
  }));
  const move = planMove(axes, bytes);
  return { steps: (at) => [move(at.input(0), at.output(0))] };
};
