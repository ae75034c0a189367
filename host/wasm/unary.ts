import { POWERS } from "../core/exp.js";
import { elementCount } from "../core/shape.js";
import { blocksOf } from "./block.js";
import { type NodePlan, type PrepareCall, step } from "./kernel.js";
import type { StructLayout, StructValues } from "./struct.js";

type UnaryLayout = StructLayout & { readonly input: "i"; readonly output: "i"; readonly length: "i" };
type Rest<L extends UnaryLayout> = Omit<StructValues<L>, "input" | "output" | "length">;

/** A kernel from one tensor to one of the same shape; `rest` are the arguments beyond addresses and length. */
export function planUnary<L extends UnaryLayout>(
  call: PrepareCall<unknown>,
  kernel: string,
  layout: L,
  rest: Rest<L>,
): NodePlan {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const length = elementCount(output.shape);
  return {
    // Between element sizes, a tile of the output would overwrite another tile's input.
    ...(input.dtype === output.dtype && { inPlace: [0] }),
    steps: (at) => {
      const values = { ...rest, input: at.input(0), output: at.output(0), length } as unknown as StructValues<L>;
      return [step(kernel, layout, values, blocksOf(length))];
    },
  };
}

/** The table behind exp, for kernels that take `powers`: constant 0 of a node. */
export const powers = new Uint8Array(POWERS.buffer);

/** A float32 function made of exp. */
export function planExp<L extends UnaryLayout & { readonly powers: "i" }>(
  call: PrepareCall<unknown>,
  kernel: string,
  layout: L,
): NodePlan {
  return {
    constants: [powers],
    inPlace: [0],
    steps: (at) => planUnary(call, kernel, layout, { powers: at.constant(0) } as unknown as Rest<L>).steps(at),
  };
}
