import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { formatShape } from "../../core/shape.js";

/** Output element i of an axis is input element begin + i · stride; also what strided_slice becomes. */
export const slice = defineOp({
  name: "slice",
  code: 24,
  summary: "A box cut out of a tensor, with a stride per axis, which may go backwards",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {
    begin: { kind: "ints", min: 0, max: 2 ** 30 },
    size: { kind: "ints", min: 1, max: 2 ** 30 },
    stride: { kind: "ints", min: -(2 ** 30), max: 2 ** 30 },
  },
  types: ["int8 -> int8", "int16 -> int16", "uint8 -> uint8", "int32 -> int32", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { begin, size, stride }) {
    const x = need(inputs, 0).shape;
    if (begin.length !== x.length || size.length !== x.length || stride.length !== x.length) {
      throw new ShapeError(`begin, size and stride need ${x.length} values each for input ${formatShape(x)}`);
    }
    x.forEach((dimension, i) => {
      if (stride[i] === 0) throw new ShapeError(`the stride of axis ${i} is 0; it must lead somewhere`);
      const first = begin[i] as number;
      const last = first + ((size[i] as number) - 1) * (stride[i] as number);
      const outside = [first, last].find((element) => element < 0 || element >= dimension);
      if (outside !== undefined) {
        throw new ShapeError(`slice reads element ${outside} of axis ${i} of input ${formatShape(x)}`);
      }
    });
    return [size];
  },
});
