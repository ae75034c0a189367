import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { referenceConcatenation } from "../../host/ops/concatenation/reference.js";
import { referencePad } from "../../host/ops/pad/reference.js";
import { referenceReshape } from "../../host/ops/reshape/reference.js";
import { referenceResizeBilinear } from "../../host/ops/resize_bilinear/reference.js";
import { referenceResizeNearest } from "../../host/ops/resize_nearest/reference.js";
import { referenceSlice } from "../../host/ops/slice/reference.js";
import { referenceSplit } from "../../host/ops/split/reference.js";
import { referenceTranspose } from "../../host/ops/transpose/reference.js";
import { compute, float, int8, type, y8, yFloat } from "./call.js";

/** Shapes of rank 1…6 with at most 4 per axis. */
const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 });
const count = (shape: readonly number[]) => shape.reduce((product, dimension) => product * dimension, 1);
const numbered = (shape: readonly number[]) =>
  float(
    shape,
    Array.from({ length: count(shape) }, (_, i) => i),
  );

describe("moves", () => {
  test("pad fills with the zero point", () => {
    const x = int8([1, 2], [3, 4], 1, 7);
    expect(compute(referencePad, [x], y8([2, 4], 1, 7), { padding: [1, 0, 0, 2] })).toEqual([7, 7, 7, 7, 3, 4, 7, 7]);
  });

  test("concatenation joins along any axis", () => {
    const [a, b] = [float([2, 1], [1, 2]), float([2, 2], [3, 4, 5, 6])];
    expect(compute(referenceConcatenation, [a, b], yFloat([2, 3]), { axis: 1 })).toEqual([1, 3, 4, 2, 5, 6]);
  });

  test("split and concatenation are inverse", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.nat(), (shape, pick, cut) => {
        const axis = pick % shape.length;
        const whole = shape.map((d, i) => (i === axis ? d + 1 : d));
        const first = 1 + (cut % (shape[axis] as number));
        const sizes = [first, (whole[axis] as number) - first];
        const x = numbered(whole);
        const outputs = sizes.map((size) => yFloat(whole.map((d, i) => (i === axis ? size : d))));
        const parts = referenceSplit({ inputs: [x], outputs, attributes: { axis, sizes }, numerics: "xnnpack" });
        const values = parts.map((data, i) => ({ ...(outputs[i] as typeof x), data }));
        expect(compute(referenceConcatenation, values, type(x), { axis })).toEqual(Array.from(x.data as Float32Array));
      }),
    );
  });

  test("transpose moves axis permutation[i] to i", () => {
    const x = float([2, 3], [1, 2, 3, 4, 5, 6]);
    expect(compute(referenceTranspose, [x], yFloat([3, 2]), { permutation: [1, 0] })).toEqual([1, 4, 2, 5, 3, 6]);
  });

  test("a transpose and its inverse change nothing", () => {
    fc.assert(
      fc.property(shapes, fc.array(fc.nat(), { minLength: 6, maxLength: 6 }), (shape, keys) => {
        const permutation = shape.map((_, i) => i).sort((a, b) => (keys[a] as number) - (keys[b] as number));
        const inverse = permutation.map((_, i) => permutation.indexOf(i));
        const x = numbered(shape);
        const y = yFloat(permutation.map((axis) => shape[axis] as number));
        const turned = float(y.shape, compute(referenceTranspose, [x], y, { permutation }));
        expect(compute(referenceTranspose, [turned], type(x), { permutation: inverse })).toEqual(
          Array.from(x.data as Float32Array),
        );
      }),
    );
  });

  test("slice cuts a box with strides", () => {
    const x = numbered([3, 5]);
    const box = { begin: [1, 0], size: [2, 3], stride: [1, 2] };
    expect(compute(referenceSlice, [x], yFloat([2, 3]), box)).toEqual([5, 7, 9, 10, 12, 14]);
  });

  test("a slice undoes a pad", () => {
    fc.assert(
      fc.property(
        shapes,
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 12, maxLength: 12 }),
        (shape, amounts) => {
          const padding = amounts.slice(0, 2 * shape.length);
          const begin = shape.map((_, i) => padding[2 * i] as number);
          const padded = shape.map((d, i) => d + (padding[2 * i] as number) + (padding[2 * i + 1] as number));
          const x = numbered(shape);
          const wide = float(padded, compute(referencePad, [x], yFloat(padded), { padding }));
          const box = { begin, size: shape, stride: shape.map(() => 1) };
          expect(compute(referenceSlice, [wide], type(x), box)).toEqual(Array.from(x.data as Float32Array));
        },
      ),
    );
  });

  test("reshape copies", () => {
    const x = float([2, 2], [1, 2, 3, 4]);
    const [y] = referenceReshape({
      inputs: [x],
      outputs: [yFloat([4])],
      attributes: { shape: [4] },
      numerics: "xnnpack",
    });
    expect(y).toEqual(x.data);
    expect(y).not.toBe(x.data);
  });
});

describe("resize", () => {
  const legacy = { alignCorners: false, halfPixelCenters: false, unsigned: false };
  const half = { ...legacy, halfPixelCenters: true };
  const align = { ...legacy, alignCorners: true };
  const square = int8([1, 2, 2, 1], [127, -128, 64, 0]);

  // TFLite's own test of its integer kernel (resize_bilinear_test.cc, 2x2 to 4x6) has the first of these rows.
  test("bilinear, tflite int8: 10-bit positions, half away from zero", () => {
    const up = { ...legacy, size: [4, 6] };
    expect(compute(referenceResizeBilinear, [square], y8([1, 4, 6, 1]), up, "tflite")).toEqual([
      127, 42, -43, -128, -128, -128, 96, 42, -11, -64, -64, -64, 64, 43, 21, 0, 0, 0, 64, 43, 21, 0, 0, 0,
    ]);
  });

  test.each([legacy, half, align])("the same size is the same image (%o)", (mode) => {
    for (const numerics of ["xnnpack", "tflite"] as const) {
      for (const unsigned of [false, true]) {
        const attributes = { ...mode, unsigned, size: [2, 2] };
        expect(compute(referenceResizeBilinear, [square], y8([1, 2, 2, 1]), attributes, numerics)).toEqual([
          127, -128, 64, 0,
        ]);
        expect(compute(referenceResizeNearest, [square], y8([1, 2, 2, 1]), attributes, numerics)).toEqual([
          127, -128, 64, 0,
        ]);
      }
    }
  });

  test("bilinear float32 interpolates columns, then rows", () => {
    const x = float([1, 2, 2, 1], [0, 4, 8, 16]);
    const middle = { ...align, size: [3, 3] };
    expect(compute(referenceResizeBilinear, [x], yFloat([1, 3, 3, 1]), middle)).toEqual([0, 2, 4, 4, 7, 10, 8, 12, 16]);
  });

  test("bilinear: xnnpack rounds a half up, tflite int8 away, unsigned tflite up", () => {
    const x = int8([1, 1, 2, 1], [-1, 0]);
    const middle = { ...align, size: [1, 3] };
    const y = y8([1, 1, 3, 1]);
    expect(compute(referenceResizeBilinear, [x], y, middle)).toEqual([-1, 0, 0]);
    expect(compute(referenceResizeBilinear, [x], y, middle, "tflite")).toEqual([-1, -1, 0]);
    expect(compute(referenceResizeBilinear, [x], y, { ...middle, unsigned: true }, "tflite")).toEqual([-1, 0, 0]);
  });

  test("half-pixel centers stop at the edges", () => {
    const x = int8([1, 1, 2, 1], [0, 100]);
    for (const numerics of ["xnnpack", "tflite"] as const) {
      expect(compute(referenceResizeBilinear, [x], y8([1, 1, 4, 1]), { ...half, size: [1, 4] }, numerics)).toEqual([
        0, 25, 75, 100,
      ]);
    }
  });

  test("nearest: floor, half-pixel floor, and rounded corners", () => {
    const x = int8([1, 1, 3, 1], [1, 2, 3]);
    const y = y8([1, 1, 5, 1]);
    expect(compute(referenceResizeNearest, [x], y, { ...legacy, size: [1, 5] })).toEqual([1, 1, 2, 2, 3]);
    expect(compute(referenceResizeNearest, [x], y, { ...half, size: [1, 5] })).toEqual([1, 1, 2, 3, 3]);
    expect(compute(referenceResizeNearest, [x], y, { ...align, size: [1, 5] })).toEqual([1, 2, 2, 3, 3]);
  });
});
