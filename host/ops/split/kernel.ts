import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planMove } from "../../wasm/move.js";
import type { split } from "./op.js";

/** One step per output; none where nothing but the axis has more than one position, and the outputs lie in the input. */
export const prepareSplit: Prepare<AttributesOf<typeof split>> = ({ inputs, outputs, attributes }) => {
  const { dtype, shape } = inputs[0]!;
  const bytes = ELEMENT_BYTES[dtype];
  const from = stridesOf(shape);
  let position = 0;
  const moves = outputs.map((output, i) => {
    const to = stridesOf(output.shape);
    const axes = output.shape.map((count, axis) => ({ count, from: from[axis]! * bytes, to: to[axis]! * bytes }));
    const offset = position * from[attributes.axis]! * bytes;
    position += attributes.sizes[i]!;
    return { move: planMove(axes, bytes), offset };
  });
  const isInPieces = shape.slice(0, attributes.axis).every((dimension) => dimension === 1);
  return {
    ...(isInPieces && { outputsInInput: moves.map(({ offset }) => offset) }),
    steps: (at) => moves.map(({ move, offset }, i) => move(at.input(0) + offset, at.output(i))),
  };
};
