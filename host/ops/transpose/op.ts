import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { formatShape, MAX_RANK } from "../../core/shape.js";

/** Output axis i is input axis `permutation[i]`. */
export const transpose = defineOp({
  name: "transpose",
  code: 23,
  summary: "Reorders axes",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { permutation: { kind: "ints", min: 0, max: MAX_RANK - 1 } },
  types: ["int8 -> int8", "int16 -> int16", "uint8 -> uint8", "int32 -> int32", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { permutation }) {
    const x = need(inputs, 0).shape;
    if (permutation.length !== x.length || x.some((_, i) => !permutation.includes(i))) {
      throw new ShapeError(`[${permutation}] is not a permutation of the axes of input ${formatShape(x)}`);
    }
    return [permutation.map((axis) => x[axis] as number)];
  },
});
