import { perTensor } from "../core/quantization.js";
import { fixedSoftmax } from "../core/requantize.js";
import { SOFTMAX_FIXED_ARGS } from "./args.generated.js";
import { type NodePlan, type PrepareCall, step } from "./kernel.js";

/** (123): an int8 softmax with the fixed point of TFLite's reference kernel. */
export function planFixedSoftmax(call: PrepareCall<{ readonly beta: number }>, rows: number): NodePlan {
  const input = call.inputs[0]!;
  const constants = fixedSoftmax(perTensor(input.quantization, `"${input.name}"`).scale, call.attributes.beta);
  const length = input.shape.at(-1) ?? 1;
  return {
    inPlace: [0],
    steps: (at) => {
      const addresses = { input: at.input(0), output: at.output(0) };
      return [step("qs8_softmax_fixed", SOFTMAX_FIXED_ARGS, { ...addresses, ...constants, length }, rows)];
    },
  };
}
