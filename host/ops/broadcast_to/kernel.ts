import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import { broadcastStrides } from "../../wasm/broadcast.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planMove } from "../../wasm/move.js";
import type { broadcastTo } from "./op.js";

export const prepareBroadcastTo: Prepare<AttributesOf<typeof broadcastTo>> = ({ inputs, outputs }) => {
  const { dtype, shape } = outputs[0]!;
  const bytes = ELEMENT_BYTES[dtype];
  const from = broadcastStrides(inputs[0]!.shape, shape);
  const to = stridesOf(shape);
  const move = planMove(
    shape.map((count, i) => ({ count, from: from[i]! * bytes, to: to[i]! * bytes })),
    bytes,
  );
  return { steps: (at) => [move(at.input(0), at.output(0))] };
};
