/** Resizing up and down, by whole and odd factors, in every position mode, profile and uint8 form. */
import type { Attributes, Numerics, TensorType } from "../../../host/core/model.js";
import { elementCount } from "../../../host/core/shape.js";
import { type Case, float32, int8, Random, singleNode } from "../case.js";

const random = new Random(67);

const MODES = [
  { name: "legacy", alignCorners: false, halfPixelCenters: false },
  { name: "align", alignCorners: true, halfPixelCenters: false },
  { name: "half", alignCorners: false, halfPixelCenters: true },
] as const;

const SIZES: readonly (readonly [input: readonly number[], size: readonly [number, number]])[] = [
  [
    [1, 1, 1, 1],
    [1, 1],
  ],
  [
    [1, 1, 1, 3],
    [4, 5],
  ],
  [
    [1, 2, 3, 7],
    [4, 6],
  ],
  [
    [2, 3, 3, 8],
    [7, 5],
  ],
  [
    [1, 5, 4, 15],
    [5, 4],
  ],
  [
    [1, 8, 8, 16],
    [3, 2],
  ],
  [
    [2, 4, 5, 17],
    [8, 1],
  ],
  [
    [1, 3, 7, 40],
    [13, 14],
  ],
  // TFLite's integer positions run past the input.
  [
    [1, 2, 3, 3],
    [3, 4000],
  ],
  [
    [1, 2, 1, 5],
    [4000, 1],
  ],
];

function* over(
  op: string,
  kernel: string,
  attributes: Attributes,
  numerics: Numerics,
  type: (shape: readonly number[]) => TensorType,
): Generator<Case> {
  for (const { name, ...mode } of MODES) {
    for (const [shape, size] of SIZES) {
      const x = type(shape);
      const count = elementCount(shape);
      const model = singleNode(op, [x], [{ ...x, name: "y" }], { size, ...mode, ...attributes }, numerics);
      const suffix = attributes["unsigned"] ? ",unsigned" : "";
      const id = `${kernel}(${shape.join("x")}->${size.join("x")},${name},${numerics}${suffix})`;
      const data = x.dtype === "float32" ? random.float32s(count) : random.int8s(count);
      yield { id, model, inputs: [data] };
    }
  }
}

const quantized = (shape: readonly number[]) => int8("x", shape, 0.1, 4);
const float = (shape: readonly number[]) => float32("x", shape);

export function* bilinears(): Generator<Case> {
  const signed = { unsigned: false };
  yield* over("resize_bilinear", "qs8_ibilinear", signed, "xnnpack", quantized);
  yield* over("resize_bilinear", "qs8_ibilinear", { unsigned: true }, "xnnpack", quantized);
  yield* over("resize_bilinear", "qs8_ibilinear", signed, "tflite", quantized);
  yield* over("resize_bilinear", "qu8_ibilinear", { unsigned: true }, "tflite", quantized);
  yield* over("resize_bilinear", "f32_ibilinear", signed, "xnnpack", float);
  const reference = { unsigned: true, kernels: "reference" };
  yield* over("resize_bilinear", "qu8_ibilinear_reference", reference, "tflite", quantized);
}

export function* nearests(): Generator<Case> {
  yield* over("resize_nearest", "x8_inearest", {}, "xnnpack", quantized);
  yield* over("resize_nearest", "x8_inearest", {}, "tflite", float);
}

export function* resizes(): Generator<Case> {
  yield* bilinears();
  yield* nearests();
}
