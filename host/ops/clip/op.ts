import { QbinError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { MAX_FLOAT } from "../../core/quantization.js";

const bounds = { kind: "float", min: -MAX_FLOAT, max: MAX_FLOAT } as const;

/** A `min` of −3.4e38 and a `max` of 3.4e38 bound nothing, infinities neither. */
export const clip = defineOp({
  name: "clip",
  code: 32,
  summary: "x, but at least min and at most max",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { min: bounds, max: bounds },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(_inputs, { min, max }) {
    if (min > max) throw new QbinError("attribute", `clip: min ${min} is above max ${max}`);
  },
});
