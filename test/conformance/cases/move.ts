/** Ops that only move elements: every rank, both element sizes, runs and blocks with and without remainders. */
import type { DType, TypedData } from "../../../host/core/dtype.js";
import type { Attributes, TensorType } from "../../../host/core/model.js";
import { elementCount } from "../../../host/core/shape.js";
import type { CastType } from "../../../host/ops/cast/op.js";
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
    ["int8", [9], [8], [9], [-1]],
    ["float32", [2, 40], [1, 38], [2, 13], [-1, -3]],
    ["int8", [1, 7, 9, 5], [0, 6, 7, 0], [1, 7, 3, 5], [1, -1, -2, 1]],
    ["int8", [2, 33, 17], [0, 32, 16], [2, 33, 17], [1, -1, -1]],
    ["uint8", [3, 5, 3, 5, 3, 5], [2, 4, 2, 4, 2, 4], [2, 3, 2, 3, 2, 3], [-2, -2, -2, -2, -2, -2]],
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

export function* broadcasts(): Generator<Case> {
  for (const [dtype, from, to] of [
    ["int8", [], [3]],
    ["int8", [1, 5], [7, 5]],
    ["float32", [5, 1], [5, 19]],
    ["int8", [4, 1, 3], [2, 4, 6, 3]],
    ["int32", [2, 1, 3, 1, 2, 1], [2, 4, 3, 2, 2, 5]],
    ["uint8", [3, 1], [3, 40]],
    ["float32", [3, 4], [3, 4]],
  ] as const) {
    const id = `x8_copy(broadcast_to,${dtype},${from.join("x")}->${to.join("x")})`;
    yield moveCase(id, "broadcast_to", dtype, [from], { shape: to });
  }
}

/** Indices inside, from the end, and far outside on both sides. */
export function* gathers(): Generator<Case> {
  for (const [dtype, shape, axis, picked] of [
    ["int8", [7], 0, [5]],
    ["int8", [3, 7, 5], 1, [2, 3]],
    ["float32", [40, 16], 0, [9]],
    ["float32", [2, 9], 1, [4]],
    ["uint8", [4, 3, 2], 2, []],
    ["int32", [2, 3, 4, 5], 1, [2, 2]],
    ["float32", [1, 33, 70], 1, [17]],
  ] as const) {
    for (const type of ["int32", "int64"] as const) {
      const size = shape[axis] as number;
      const count = elementCount(picked);
      const far = [0, size - 1, -1, -size, -size - 1, size, 2 ** 31 - 1, -(2 ** 31)];
      const at = (i: number) => (i < far.length ? far[i]! : seeded.int(0, size - 1));
      const huge = [2n ** 40n, -(2n ** 62n), 2n ** 63n - 1n];
      const indices =
        type === "int32"
          ? Int32Array.from({ length: count }, (_, i) => at(i))
          : BigInt64Array.from({ length: count }, (_, i) => huge[i - 8] ?? BigInt(at(i)));
      const input = tensor(dtype, "input", shape);
      const model = singleNode(
        "gather",
        [input, { name: "indices", dtype: type, shape: picked }],
        [tensor(dtype, "output", [])],
        { axis },
      );
      const id = `x8_gather(${dtype},${shape.join("x")},axis=${axis},${type},${picked.join("x")})`;
      yield { id, model, inputs: [values(input), indices] };
      const fixed = { ...model, inputs: [0], preprocessing: [undefined] };
      const data = new Uint8Array(indices.buffer);
      yield {
        id: `${id.slice(0, -1)},constant)`,
        model: { ...fixed, tensors: model.tensors.map((t, i) => (i === 1 ? { ...t, data } : t)) },
        inputs: [values(input)],
      };
    }
  }
}

/** Every pair of types: both ends, fractions, what does not fit, NaN. */
export function* casts(): Generator<Case> {
  const floats = [
    0, -0, 0.99, -0.99, 1.5, -1.5, 127.9, 128, -128.9, -129, 255.9, 256, -1, 2147483520, 2147483648, -3e9,
  ];
  const whole = [0, 1, -1, 127, 128, -128, -129, 255, 256, 65535, 16777217, 33554435, 2 ** 31 - 1, -(2 ** 31)];
  const large = [
    2n ** 53n + 1n,
    2n ** 60n + 2n ** 36n + 1n,
    -(2n ** 60n) - 2n ** 36n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 32n + 5n,
  ];
  const inputs: Readonly<Record<CastType, TypedData>> = {
    float32: Float32Array.from([...floats, 9.3e18, -1e19, 1e-45, 3.4e38, Infinity, -Infinity, Number.NaN]),
    int8: Int8Array.from({ length: 256 }, (_, i) => i - 128),
    uint8: Uint8Array.from({ length: 256 }, (_, i) => i),
    int32: Int32Array.from(whole),
    int64: BigInt64Array.from([...whole.map(BigInt), ...large]),
  };
  const types = Object.keys(inputs) as CastType[];
  for (const from of types) {
    for (const to of types) {
      const data = inputs[from];
      const model = singleNode("cast", [tensor8(from, "input", [data.length])], [tensor8(to, "output", [])], {});
      yield { id: `vcast(${from}->${to})`, model, inputs: [data] };
    }
  }
  const data = seeded.float32s(2050, -300, 300);
  const model = singleNode("cast", [float32("input", [2050])], [{ name: "output", dtype: "int32" }], {});
  yield { id: "vcast(n=2050)", model, inputs: [data] };
}

/** With a scale and zero point that a cast must not look at. */
function tensor8(dtype: DType, name: string, shape: readonly number[]): TensorType {
  const quantization = { scale: [0.5], zeroPoint: 7 };
  return dtype === "int8" || dtype === "uint8" ? { name, dtype, shape, quantization } : { name, dtype, shape };
}

export function* moves(): Generator<Case> {
  yield* reshapes();
  yield* concatenations();
  yield* splits();
  yield* pads();
  yield* slices();
  yield* transposes();
  yield* zips();
  yield* broadcasts();
  yield* gathers();
  yield* casts();
}
