import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { preluMultipliers } from "../../core/requantize.js";
import { broadcastShape, formatShape, sameShape } from "../../core/shape.js";

/** The slope broadcasts to the input's shape as in NumPy: one for each channel is [channels]. */
export const prelu = defineOp({
  name: "prelu",
  code: 38,
  summary: "x where x ≥ 0, slope · x elsewhere",
  inputs: ["input", "slope"],
  outputs: ["output"],
  attributes: {},
  types: ["int8 int8 -> int8", "float32 float32 -> float32"],
  numerics: ["tflite"],
  infer(inputs) {
    const [x, slope] = [need(inputs, 0).shape, need(inputs, 1).shape];
    if (!sameShape(broadcastShape(x, slope), x)) {
      throw new ShapeError(
        `slope ${formatShape(slope)} is larger than input ${formatShape(x)}; it must broadcast to it`,
      );
    }
    return [x];
  },
  verify(inputs, _attributes, outputs) {
    checkScales([...inputs, ...outputs], (x, slope, y) => preluMultipliers(x.scale, slope.scale, y.scale));
  },
});
