import { inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { nearestIndices } from "../../core/resize.js";
import { gather } from "../../core/strided.js";
import type { resizeNearest } from "./op.js";

/** (36). */
export const referenceResizeNearest: Reference<AttributesOf<typeof resizeNearest>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const [batches, height, width, channels] = input.shape as [number, number, number, number];
  const [outHeight, outWidth] = call.attributes.size as [number, number];
  const rows = nearestIndices(height, outHeight, call.attributes);
  const columns = nearestIndices(width, outWidth, call.attributes);
  const offsets = new Int32Array(batches * outHeight * outWidth * channels);
  let at = 0;
  for (let n = 0; n < batches; n++) {
    for (const y of rows) {
      for (const x of columns) {
        for (let c = 0; c < channels; c++) offsets[at++] = ((n * height + y) * width + x) * channels + c;
      }
    }
  }
  return [gather(input, offsets, output)];
};
