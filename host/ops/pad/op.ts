import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { requireSameQuantization } from "../../core/quantization.js";
import { formatShape } from "../../core/shape.js";

/** `padding` is [before, after] per axis, outermost first. Fills with real 0: the zero point. */
export const pad = defineOp({
  name: "pad",
  code: 19,
  summary: "Adds real zeros before and after each axis",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { padding: { kind: "ints", min: 0, max: 65535 } },
  types: ["int8 -> int8", "int16 -> int16", "uint8 -> uint8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { padding }) {
    const x = need(inputs, 0).shape;
    if (padding.length !== 2 * x.length) {
      throw new ShapeError(`padding has ${padding.length} values; input ${formatShape(x)} needs two per axis`);
    }
    return [x.map((dimension, i) => dimension + (padding[2 * i] as number) + (padding[2 * i + 1] as number))];
  },
  verify(inputs, _attributes, outputs) {
    requireSameQuantization("pad", need(inputs, 0), outputs[0]);
  },
});
