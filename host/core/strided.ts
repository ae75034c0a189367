/** Views of dense tensors by shape and strides, for the references: each becomes a list of element offsets. */
import type { TypedData } from "./dtype.js";
import { allocate, type Value } from "./evaluate.js";
import type { TensorType } from "./model.js";
import { elementCount, type Shape, stridesOf } from "./shape.js";

/** start + Σ index[axis] · strides[axis], for every index of `shape` in C order. */
export function stridedOffsets(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  let offsets = Int32Array.of(start);
  shape.forEach((dimension, axis) => {
    const stride = strides[axis] as number;
    const outer = offsets;
    offsets = new Int32Array(outer.length * dimension);
    outer.forEach((offset, o) => {
      for (let i = 0; i < dimension; i++) offsets[o * dimension + i] = offset + i * stride;
    });
  });
  return offsets;
}

/** For every element of `to`, the element of a dense `from` it reads when `from` is broadcast to `to`. */
export function broadcastOffsets(from: Shape, to: Shape): Int32Array {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  return stridedOffsets(
    to,
    to.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : (strides[axis - missing] as number))),
  );
}

/** Offsets of the groups that a reduction of `axes` maps to one output each: element = outputs[i] + reduced[j]. */
export function reductionOffsets(shape: Shape, axes: readonly number[]): { outputs: Int32Array; reduced: Int32Array } {
  const strides = stridesOf(shape);
  const view = (keep: (axis: number) => boolean) =>
    stridedOffsets(
      shape.filter((_, axis) => keep(axis)),
      strides.filter((_, axis) => keep(axis)),
    );
  return { outputs: view((axis) => !axes.includes(axis)), reduced: view((axis) => axes.includes(axis)) };
}

/** The elements of `source` at `offsets`, as a tensor of type `output`. */
export function gather(source: Value, offsets: Int32Array, output: TensorType): TypedData {
  const result = allocate(output);
  // Both arrays have one type; which one does not matter for a copy.
  const from = source.data as Float32Array;
  const to = result as Float32Array;
  for (let i = 0; i < offsets.length; i++) to[i] = from[offsets[i] as number] as number;
  return result;
}

/** The parts of `shape` before and after `axis`: the tensor is outer × shape[axis] × inner. */
export function aroundAxis(shape: Shape, axis: number): { outer: number; inner: number } {
  return { outer: elementCount(shape.slice(0, axis)), inner: elementCount(shape.slice(axis + 1)) };
}
