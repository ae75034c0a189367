import { FAR, NEAR } from "../core/erf.js";
import { POWERS } from "../core/exp.js";
import { ARTANH } from "../core/log.js";
import { elementCount } from "../core/shape.js";
import { SIMPLE_UNARY } from "../core/unary.js";
import { VMATH_F32_ARGS, VUNARY_F32_ARGS } from "./args.generated.js";
import { blocksOf } from "./block.js";
import { type Addresses, type NodePlan, type PrepareCall, step } from "./kernel.js";
import type { StructLayout, StructValues } from "./struct.js";

/** The table behind exp, 2^(i/32), for kernels that take `powers`. */
export const powers = new Uint8Array(POWERS.buffer);

/** The constants of exp, ln and erf, as assembly/lanes/horner.ts has them. */
export const mathTable = new Uint8Array(new Float64Array([...POWERS, ...ARTANH, ...NEAR, ...FAR]).buffer);

/** What f32_vmath and f32_vunary compute, by position. */
const MATH_FUNCTIONS = ["logistic", "tanh", "exp", "log", "erf", "softplus", "gelu", "gelu_tanh", "elu"];
const SIMPLE_FUNCTIONS: readonly string[] = [...SIMPLE_UNARY, "hard_sigmoid"];

/** A float32 function of every element. elu and hard_sigmoid read `alpha`, hard_sigmoid `beta`. */
export function planFunction(call: PrepareCall<unknown>, name: string, alpha = 0, beta = 0): NodePlan {
  const simple = SIMPLE_FUNCTIONS.indexOf(name);
  if (simple >= 0) {
    const values = { function: simple, factor: alpha, summand: beta };
    return planUnary(call, "f32_vunary", VUNARY_F32_ARGS, () => values);
  }
  const values = { function: MATH_FUNCTIONS.indexOf(name), alpha };
  return planUnary(call, "f32_vmath", VMATH_F32_ARGS, (at) => ({ ...values, table: at.constant(0) }), [mathTable]);
}

/** A kernel from one tensor to one of the same shape. `rest` gives the arguments beyond addresses and length. */
export function planUnary<L extends StructLayout>(
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
      const values = { ...rest(at), input: at.input(0), output: at.output(0), length } as unknown as StructValues<L>;
      return [step(kernel, layout, values, blocksOf(length))];
    },
  };
}
