import { accumulation } from "../../core/accumulation.js";
import { inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import type { fullyConnected } from "./op.js";

/** (2) and (5), (8) or (9); float32: (43). */
export const referenceFullyConnected: Reference<AttributesOf<typeof fullyConnected>> = (call) => {
  const [outC, inC] = inputOf(call, 1).shape as [number, number];
  const rows = elementCount(outputOf(call).shape) / outC;
  const { output, start, dot, store } = accumulation("fully_connected", call, outC);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < outC; c++) {
      store(row * outC + c, dot(start(c), row * inC, c * inC, inC), c);
    }
  }
  return [output];
};
