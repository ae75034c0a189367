import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import { SOFTMAX_F32_ARGS } from "../../wasm/args.generated.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import { mathTable } from "../../wasm/unary.js";
import type { logSoftmax } from "./op.js";

export const prepareLogSoftmax: Prepare<AttributesOf<typeof logSoftmax>> = ({ inputs }) => {
  const { shape } = inputs[0]!;
  const length = shape.at(-1) ?? 1;
  return {
    constants: [mathTable],
    inPlace: [0],
    steps: (at) => {
      const addresses = { input: at.input(0), output: at.output(0), powers: at.constant(0) };
      return [
        step(
          "f32_softmax",
          SOFTMAX_F32_ARGS,
          { ...addresses, length, beta: 1, isLog: 1 },
          elementCount(shape) / length,
        ),
      ];
    },
  };
};
