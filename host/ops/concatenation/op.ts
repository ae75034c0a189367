import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { requireSameQuantization } from "../../core/quantization.js";
import { formatShape, MAX_RANK } from "../../core/shape.js";

/** Quantized inputs share the output's scale and zero point; importers requantize where they do not. */
export const concatenation = defineOp({
  name: "concatenation",
  code: 20,
  summary: "Joins tensors along one axis",
  inputs: ["inputs*"],
  outputs: ["output"],
  attributes: { axis: { kind: "int", min: 0, max: MAX_RANK - 1 } },
  types: ["int8 -> int8", "int16 -> int16", "uint8 -> uint8", "int32 -> int32", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { axis }) {
    const first = need(inputs, 0).shape;
    if (axis >= first.length) throw new ShapeError(`axis ${axis} is outside input ${formatShape(first)}`);
    let total = 0;
    for (const input of inputs) {
      const shape = (input as { shape: readonly number[] }).shape;
      if (shape.length !== first.length || shape.some((d, i) => i !== axis && d !== first[i])) {
        throw new ShapeError(`inputs ${formatShape(first)} and ${formatShape(shape)} differ outside axis ${axis}`);
      }
      total += shape[axis] as number;
    }
    return [first.map((dimension, i) => (i === axis ? total : dimension))];
  },
  verify(inputs, _attributes, outputs) {
    for (const input of inputs) if (input) requireSameQuantization("concatenation", input, outputs[0]);
  },
});
