import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { formatShape, MAX_RANK } from "../../core/shape.js";

/** `sizes` are the outputs' extents along `axis`, in order. */
export const split = defineOp({
  name: "split",
  code: 21,
  summary: "Cuts a tensor into consecutive pieces along one axis",
  inputs: ["input"],
  outputs: ["outputs*"],
  attributes: {
    axis: { kind: "int", min: 0, max: MAX_RANK - 1 },
    sizes: { kind: "ints", min: 1, max: 2 ** 30 },
  },
  types: ["int8 -> int8", "int16 -> int16", "uint8 -> uint8", "int32 -> int32", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { axis, sizes }) {
    const x = need(inputs, 0).shape;
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (axis >= x.length || total !== x[axis]) {
      throw new ShapeError(`sizes [${sizes}] must add up to axis ${axis} of input ${formatShape(x)}`);
    }
    return sizes.map((size) => x.map((dimension, i) => (i === axis ? size : dimension)));
  },
});
