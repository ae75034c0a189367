/** Ops that only move elements: every rank, both element sizes, runs and blocks with and without remainders. */
import type { DType, TypedData } from "../../../host/core/dtype.js";
import type { Attributes, TensorType } from "../../../host/core/model.js";
import { elementCount } from "../../../host/core/shape.js";
import { type Case, float32, int8, Random, singleNode } from "../case.js";

const seeded = new Random(19);

function tensor(dtype: DType, name: string, shape: readonly number[]): TensorType {
  if (dtype === "int8") return int8(name, shape, 0.5, -7);
  return dtype === "float32" ? float32(name, shape) : { name, dtype, shape };
}

function values(type: TensorType): TypedData {
  const count = elementCount(type.shape);
  switch (type.dtype) {
    case "float32":
      return seeded.float32s(count);
    case "int32":
      return Int32Array.from({ length: count }, () => seeded.int(-(2 ** 31), 2 ** 31 - 1));
    case "uint8":
      return Uint8Array.from({ length: count }, () => seeded.int(0, 255));
    default:
      return seeded.int8s(count);
  }
}

/** One node over inputs of the given shapes, `outputs` outputs of the same element type. */
function moveCase(
  id: string,
  op: string,
  dtype: DType,
  shapes: readonly (readonly number[])[],
  attributes: Attributes,
  outputs = 1,
): Case {
  const inputs = shapes.map((shape, i) => tensor(dtype, `input${i}`, shape));
  const names = Array.from({ length: outputs }, (_, i) => tensor(dtype, `output${i}`, []));
  return { id, model: singleNode(op, inputs, names, attributes), inputs: inputs.map(values) };
}

export function* reshapes(): Generator<Case> {
  for (const [from, to] of [
    [[1], [1, 1]],
    [[2, 3, 5], [30]],
    [
      [40, 40],
      [4, 400],
    ],
  ] as const) {
    yield moveCase(`x8_copy(reshape,${from.join("x")}->${to.join("x")})`, "reshape", "int8", [from], { shape: to });
  }
  yield moveCase("x8_copy(reshape,float32)", "reshape", "float32", [[3, 7]], { shape: [7, 3] });
}

export function* concatenations(): Generator<Case> {
  for (const channels of [
    [1, 1],
    [3, 5, 1],
    [8, 7],
    [16, 17],
    [40, 15, 2],
    [512, 513],
  ]) {
    const shapes = channels.map((c) => [2, 3, 2, c]);
    yield moveCase(`x8_copy(concat,c=${channels.join("+")})`, "concatenation", "int8", shapes, { axis: 3 });
  }
  for (let axis = 0; axis < 6; axis++) {
    const shapes = [1, 2, 3].map((extent) => [2, 1, 3, 2, 2, 3].map((d, i) => (i === axis ? extent : d)));
    yield moveCase(`x8_copy(concat,rank=6,axis=${axis})`, "concatenation", "int32", shapes, { axis });
  }
  yield moveCase("x8_copy(concat,rank=1)", "concatenation", "float32", [[5], [1]], { axis: 0 });
}

export function* splits(): Generator<Case> {
  for (const [dtype, shape, axis, sizes] of [
    ["int8", [2, 3, 3, 17], 3, [1, 16]],
    ["int8", [2, 3, 3, 17], 3, [8, 7, 2]],
    ["uint8", [7], 0, [3, 4]],
    ["int8", [6, 2, 40], 0, [1, 2, 3]],
    ["float32", [2, 5, 3], 1, [4, 1]],
    ["int32", [2, 2, 2, 4, 2, 3], 3, [1, 1, 2]],
  ] as const) {
    const id = `x8_copy(split,${dtype},${shape.join("x")},axis=${axis},sizes=${sizes.join("+")})`;
    yield moveCase(id, "split", dtype, [shape], { axis, sizes }, sizes.length);
  }
}

export function* pads(): Generator<Case> {
  for (const [dtype, shape, padding] of [
    ["int8", [3], [0, 0]],
    ["int8", [3], [2, 1]],
    ["int8", [1, 5, 4, 3], [0, 0, 1, 1, 1, 1, 0, 0]],
    ["int8", [2, 4, 5, 8], [0, 0, 0, 1, 0, 1, 0, 0]],
    ["int8", [1, 2, 3, 7], [0, 0, 0, 0, 0, 0, 0, 9]],
    ["float32", [2, 3, 2, 4], [0, 0, 2, 0, 0, 3, 1, 1]],
    ["uint8", [1, 9, 9, 1], [0, 0, 3, 3, 3, 3, 0, 0]],
    ["float32", [2, 1, 2, 3, 2, 3], [1, 0, 0, 1, 1, 1, 0, 2, 1, 0, 1, 1]],
    ["int8", [1, 120, 150, 1], [0, 0, 4, 4, 5, 5, 0, 0]],
  ] as const) {
    yield moveCase(`x8_fill(${dtype},${shape.join("x")},padding=${padding})`, "pad", dtype, [shape], { padding });
  }
}

export function* slices(): Generator<Case> {
  for (const [dtype, shape, begin, size, stride] of [
    ["int8", [9], [2], [4], [1]],
    ["int8", [1, 6, 7, 17], [0, 1, 2, 0], [1, 4, 5, 17], [1, 1, 1, 1]],
    ["int8", [2, 7, 7, 16], [0, 0, 1, 0], [2, 4, 3, 16], [1, 2, 2, 1]],
    ["int8", [2, 5, 40], [1, 0, 3], [1, 5, 19], [1, 1, 2]],
    ["float32", [3, 4, 11], [0, 1, 0], [2, 3, 4], [2, 1, 3]],
    ["int8", [3, 5, 3, 5, 3, 5], [0, 0, 0, 0, 0, 0], [2, 3, 2, 3, 2, 3], [2, 2, 2, 2, 2, 2]],
    ["int32", [3, 2, 3, 2, 3, 4], [1, 0, 1, 0, 1, 1], [2, 2, 1, 2, 2, 2], [1, 1, 1, 1, 1, 2]],
  ] as const) {
    const id = `x8_copy(slice,${dtype},${shape.join("x")},begin=${begin},size=${size},stride=${stride})`;
    yield moveCase(id, "slice", dtype, [shape], { begin, size, stride });
  }
}

export function* transposes(): Generator<Case> {
  for (const [rows, columns] of [
    [1, 1],
    [3, 17],
    [17, 3],
    [15, 8],
    [16, 8],
    [17, 16],
    [40, 31],
    [4, 4],
    [5, 7],
    [64, 1],
  ] as const) {
    for (const dtype of ["int8", "float32"] as const) {
      const kernel = dtype === "int8" ? "x8_transpose" : "x32_transpose";
      const id = `${kernel}(rows=${rows},columns=${columns})`;
      yield moveCase(id, "transpose", dtype, [[rows, columns]], { permutation: [1, 0] });
    }
  }
  for (const [dtype, shape, permutation] of [
    ["int8", [2, 3, 9, 7], [0, 2, 3, 1]],
    ["int8", [2, 9, 7, 3], [0, 3, 1, 2]],
    ["int8", [2, 8, 8, 24], [0, 3, 1, 2]],
    ["float32", [2, 8, 5, 9], [0, 2, 3, 1]],
    ["float32", [1, 5, 9, 8], [0, 3, 1, 2]],
    ["int8", [2, 5, 3, 17], [0, 2, 1, 3]],
    ["int8", [3, 1, 5, 1], [2, 1, 0, 3]],
    ["uint8", [4, 6], [0, 1]],
    ["int32", [2, 3, 2, 3, 2, 3], [5, 4, 3, 2, 1, 0]],
    ["int8", [2, 3, 2, 17, 2, 19], [4, 5, 2, 0, 1, 3]],
    ["int8", [2, 3, 2, 3, 2, 3], [1, 0, 3, 2, 5, 4]],
    ["float32", [3, 2, 4, 2, 5], [1, 0, 3, 2, 4]],
  ] as const) {
    const kernel = dtype === "int8" || dtype === "uint8" ? "x8_transpose" : "x32_transpose";
    const id = `${kernel}(${shape.join("x")},permutation=${permutation})`;
    yield moveCase(id, "transpose", dtype, [shape], { permutation });
  }
}

/** Three planes to pixels, the common picture layouts. */
export function* zips(): Generator<Case> {
  for (const [dtype, shape] of [
    ["int8", [1, 3, 1, 2]],
    ["int8", [2, 3, 3, 5]],
    ["int8", [2, 3, 5, 13]],
    ["int8", [1, 3, 33, 64]],
    ["float32", [2, 3, 1, 3]],
    ["float32", [1, 3, 4, 9]],
    ["int32", [2, 3, 25, 41]],
  ] as const) {
    const id = `x${dtype === "int8" ? 8 : 32}_zip_x3(${shape.join("x")})`;
    yield moveCase(id, "transpose", dtype, [shape], { permutation: [0, 2, 3, 1] });
  }
}

export function* moves(): Generator<Case> {
  yield* reshapes();
  yield* concatenations();
  yield* splits();
  yield* pads();
  yield* slices();
  yield* transposes();
  yield* zips();
}
