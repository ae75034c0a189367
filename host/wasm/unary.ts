import { POWERS } from "../core/exp.js";
import { elementCount } from "../core/shape.js";
import { blocksOf } from "./block.js";
import { type Addresses, type NodePlan, type PrepareCall, step } from "./kernel.js";
import type { StructLayout, StructValues } from "./struct.js";

type UnaryLayout = StructLayout & { readonly input: "i"; readonly output: "i"; readonly length: "i" };

/** The table behind exp, 2^(i/32), for kernels that take `powers`. */
export const powers = new Uint8Array(POWERS.buffer);

/** A kernel from one tensor to one of the same shape. `rest` gives the arguments beyond addresses and length. */
export function planUnary<L extends UnaryLayout>(
  call: PrepareCall<unknown>,
  kernel: string,
  layout: L,
  rest: (at: Addresses) => Omit<StructValues<L>, "input" | "output" | "length">,
  constants: readonly Uint8Array[] = [],
): NodePlan {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const length = elementCount(output.shape);
  return {
    constants,
    // Between element sizes, a tile of the output would overwrite another tile's input.
    ...(input.dtype === output.dtype && { inPlace: [0] }),
    steps: (at) => {
      const values = { ...rest(at), input: at.input(0), output: at.output(0), length } as StructValues<L>;
      return [step(kernel, layout, values, blocksOf(length))];
    },
  };
}
