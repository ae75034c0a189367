import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { elementCount, formatShape } from "../../core/shape.js";

/** Also what squeeze, expand_dims and flatten become. */
export const reshape = defineOp({
  name: "reshape",
  code: 22,
  summary: "The same elements under another shape; no copy where the plan allows it",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { shape: { kind: "ints", min: 1, max: 2 ** 30 } },
  types: ["int8 -> int8", "int16 -> int16", "uint8 -> uint8", "int32 -> int32", "int64 -> int64", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { shape }) {
    const x = need(inputs, 0).shape;
    if (elementCount(shape) !== elementCount(x)) {
      throw new ShapeError(
        `input ${formatShape(x)} has ${elementCount(x)} elements, shape ${formatShape(shape)} has ${elementCount(shape)}`,
      );
    }
    return [shape];
  },
});
