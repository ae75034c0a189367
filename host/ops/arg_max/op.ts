import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { formatShape, MAX_RANK } from "../../core/shape.js";

/** The reduced axis disappears. */
export const argMax = defineOp({
  name: "arg_max",
  code: 27,
  summary: "Index of the largest element along one axis; the first one wins",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { axis: { kind: "int", min: 0, max: MAX_RANK - 1 } },
  types: ["int8 -> int32", "float32 -> int32", "int8 -> int64", "float32 -> int64"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { axis }) {
    const x = need(inputs, 0).shape;
    if (axis >= x.length) throw new ShapeError(`axis ${axis} is outside input ${formatShape(x)}`);
    return [x.filter((_, i) => i !== axis)];
  },
});
