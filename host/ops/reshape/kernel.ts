import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planBlock } from "../../wasm/move.js";
import type { reshape } from "./op.js";

export const prepareReshape: Prepare<AttributesOf<typeof reshape>> = ({ outputs }) => {
  const output = outputs[0]!;
  const move = planBlock(elementCount(output.shape) * ELEMENT_BYTES[output.dtype]);
  return { alias: 0, steps: (at) => [move(at.input(0), at.output(0))] };
};
