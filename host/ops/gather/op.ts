import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { requireSameQuantization } from "../../core/quantization.js";
import { formatShape, MAX_RANK } from "../../core/shape.js";

const TYPES = ["int8", "uint8", "int32", "float32"].flatMap((type) =>
  ["int32", "int64"].map((index) => `${type} ${index} -> ${type}`),
);

/**
 * The output has the indices' shape in place of the axis. Indices are checked when the model runs, as they may be
 * computed: one below 0 counts from the end of the axis, and one that is still outside is the nearest inside.
 */
export const gather = defineOp({
  name: "gather",
  code: 41,
  summary: "The parts of a tensor along one axis that indices name",
  inputs: ["input", "indices"],
  outputs: ["output"],
  attributes: { axis: { kind: "int", min: 0, max: MAX_RANK - 1 } },
  types: TYPES,
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { axis }) {
    const x = need(inputs, 0).shape;
    if (axis >= x.length) throw new ShapeError(`axis ${axis} is outside input ${formatShape(x)}`);
    return [[...x.slice(0, axis), ...need(inputs, 1).shape, ...x.slice(axis + 1)]];
  },
  verify(inputs, _attributes, outputs) {
    requireSameQuantization("gather", need(inputs, 0), outputs[0]);
  },
});
