import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { requireSameQuantization } from "../../core/quantization.js";
import { broadcastShape, formatShape, sameShape } from "../../core/shape.js";

/** The input broadcasts to `shape` as in NumPy. */
export const broadcastTo = defineOp({
  name: "broadcast_to",
  code: 45,
  summary: "Repeats a tensor along axes of one element and along new ones",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { shape: { kind: "ints", min: 1, max: 2 ** 30 } },
  types: ["int8 -> int8", "uint8 -> uint8", "int32 -> int32", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { shape }) {
    const x = need(inputs, 0).shape;
    if (!sameShape(broadcastShape(x, shape), shape)) {
      throw new ShapeError(`input ${formatShape(x)} does not broadcast to ${formatShape(shape)}`);
    }
    return [shape];
  },
  verify(inputs, _attributes, outputs) {
    requireSameQuantization("broadcast_to", need(inputs, 0), outputs[0]);
  },
});
