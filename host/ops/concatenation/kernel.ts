import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planMove } from "../../wasm/move.js";
import type { concatenation } from "./op.js";

/** One step per input; none where nothing but the axis has more than one position, and the inputs lie in the output. */
export const prepareConcatenation: Prepare<AttributesOf<typeof concatenation>> = ({ inputs, outputs, attributes }) => {
  const { dtype, shape } = outputs[0]!;
  const bytes = ELEMENT_BYTES[dtype];
  const to = stridesOf(shape);
  let position = 0;
  const moves = inputs.map((tensor) => {
    const input = tensor!;
    const from = stridesOf(input.shape);
    const axes = input.shape.map((count, i) => ({ count, from: from[i]! * bytes, to: to[i]! * bytes }));
    const offset = position * to[attributes.axis]! * bytes;
    position += input.shape[attributes.axis]!;
    return { move: planMove(axes, bytes), offset };
  });
  const isInPieces = shape.slice(0, attributes.axis).every((dimension) => dimension === 1);
  return {
    ...(isInPieces && { inputsInOutput: moves.map(({ offset }) => offset) }),
    steps: (at) => moves.map(({ move, offset }, i) => move(at.input(i), at.output(0) + offset)),
  };
};
