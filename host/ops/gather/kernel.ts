import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import { GATHER_ARGS } from "../../wasm/args.generated.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import type { gather } from "./op.js";

export const prepareGather: Prepare<AttributesOf<typeof gather>> = ({ inputs, attributes }) => {
  const [{ dtype, shape }, indices] = [inputs[0]!, inputs[1]!];
  const count = elementCount(indices.shape);
  const values = {
    indexBytes: ELEMENT_BYTES[indices.dtype],
    count,
    size: shape[attributes.axis]!,
    run: elementCount(shape.slice(attributes.axis + 1)) * ELEMENT_BYTES[dtype],
  };
  const tiles = elementCount(shape.slice(0, attributes.axis)) * count;
  return {
    steps: (at) => {
      const addresses = { input: at.input(0), indices: at.input(1), output: at.output(0) };
      return [step("x8_gather", GATHER_ARGS, { ...values, ...addresses }, tiles)];
    },
  };
};
