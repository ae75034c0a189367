import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { nearestIndices } from "../../core/resize.js";
import { NEAREST_ARGS } from "../../wasm/args.generated.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import type { resizeNearest } from "./op.js";

/** Constants are byte offsets of input rows and of input columns, one per output row and column. */
export const prepareResizeNearest: Prepare<AttributesOf<typeof resizeNearest>> = ({ inputs, outputs, attributes }) => {
  const { dtype, shape } = inputs[0]!;
  const [batches, height, width, channels] = shape as [number, number, number, number];
  const [, outputHeight, outputWidth] = outputs[0]!.shape as [number, number, number, number];
  const pixelBytes = channels * ELEMENT_BYTES[dtype];
  const rows = nearestIndices(height, outputHeight, attributes).map((y) => y * width * pixelBytes);
  const columns = nearestIndices(width, outputWidth, attributes).map((x) => x * pixelBytes);
  const values = { outputHeight, outputWidth, pixelBytes, imageBytes: height * width * pixelBytes };
  return {
    constants: [new Uint8Array(rows.buffer), new Uint8Array(columns.buffer)],
    steps: (at) => [
      step(
        "x8_inearest",
        NEAREST_ARGS,
        { ...values, input: at.input(0), output: at.output(0), rows: at.constant(0), columns: at.constant(1) },
        batches * outputHeight,
      ),
    ],
  };
};
