import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planMove } from "../../wasm/move.js";
import type { slice } from "./op.js";

export const prepareSlice: Prepare<AttributesOf<typeof slice>> = ({ inputs, outputs, attributes }) => {
  const { begin, size, stride } = attributes;
  const bytes = ELEMENT_BYTES[outputs[0]!.dtype];
  const from = stridesOf(inputs[0]!.shape);
  const to = stridesOf(size);
  const axes = size.map((count, i) => ({ count, from: from[i]! * stride[i]! * bytes, to: to[i]! * bytes }));
  const first = begin.reduce((sum, position, i) => sum + position * from[i]!, 0) * bytes;
  const move = planMove(axes, bytes);
  return { steps: (at) => [move(at.input(0) + first, at.output(0))] };
};
