import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import { ARG_MAX_ARGS } from "../../wasm/args.generated.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import type { argMax } from "./op.js";

export const prepareArgMax: Prepare<AttributesOf<typeof argMax>> = ({ inputs, outputs, attributes }) => {
  const { dtype, shape } = inputs[0]!;
  const output = outputs[0]!;
  const inner = elementCount(shape.slice(attributes.axis + 1));
  const values = {
    count: shape[attributes.axis]!,
    inner,
    stride: inner * ELEMENT_BYTES[dtype],
    indexBytes: ELEMENT_BYTES[output.dtype],
  };
  const kernel = dtype === "int8" ? "qs8_argmax" : "f32_argmax";
  const tiles = elementCount(output.shape);
  return {
    steps: (at) => [step(kernel, ARG_MAX_ARGS, { ...values, input: at.input(0), output: at.output(0) }, tiles)],
  };
};
