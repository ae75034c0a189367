import { allocate, inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { type Arithmetic, arithmeticOf } from "../../core/numerics.js";
import type { AttributesOf, TfliteKernels } from "../../core/op.js";
import {
  type ResizeAxis,
  type ResizeMode,
  resizeAxis,
  resizeAxis10,
  resizeAxis11,
  resizeAxisUnsigned,
} from "../../core/resize.js";
import type { resizeBilinear } from "./op.js";

const f = Math.fround;

/** The corners are top left, top right, bottom left, bottom right; wy and wx weigh the bottom and the right. */
interface Interpolation {
  readonly axis: (input: number, output: number, mode: ResizeMode) => ResizeAxis<Float32Array | Int32Array>;
  readonly blend: (tl: number, tr: number, bl: number, br: number, wy: number, wx: number) => number;
}

/** (32) */
const FLOAT: Interpolation = {
  axis: resizeAxis,
  blend(tl, tr, bl, br, wy, wx) {
    const top = f(tl + f(f(tr - tl) * wx));
    const bottom = f(bl + f(f(br - bl) * wx));
    return f(top + f(f(bottom - top) * wy));
  },
};

/** (33) */
const XNNPACK: Interpolation = {
  axis: resizeAxis11,
  blend(tl, tr, bl, br, wy, wx) {
    const top = (tl << 11) + (tr - tl) * wx;
    const bottom = (bl << 11) + (br - bl) * wx;
    return ((top << 11) + (bottom - top) * wy + 2 ** 21) >> 22;
  },
};

/** (34) */
const TFLITE: Interpolation = {
  axis: resizeAxis10,
  blend(tl, tr, bl, br, wy, wx) {
    const sum = tl * (1024 - wy) * (1024 - wx) + bl * wy * (1024 - wx) + tr * (1024 - wy) * wx + br * wy * wx;
    return Math.trunc((sum + (sum > 0 ? 2 ** 19 : -(2 ** 19))) / 2 ** 20);
  },
};

/** (35) */
const TFLITE_UNSIGNED: Interpolation = {
  axis: resizeAxisUnsigned,
  blend(tl, tr, bl, br, wy, wx) {
    const [rest, restX] = [f(1 - wy), f(1 - wx)];
    let sum = f((tl + 128) * f(rest * restX));
    sum = f(sum + f((tr + 128) * f(rest * wx)));
    sum = f(sum + f((bl + 128) * f(wy * restX)));
    sum = f(sum + f((br + 128) * f(wy * wx)));
    return Math.trunc(f(sum + 0.5)) - 128;
  },
};

/** (128) */
const REFERENCE_UNSIGNED: Interpolation = {
  axis: resizeAxisUnsigned,
  blend(tl, tr, bl, br, wy, wx) {
    const [rest, restX] = [f(1 - wy), f(1 - wx)];
    let sum = f(f((tl + 128) * rest) * restX);
    sum = f(sum + f(f((bl + 128) * wy) * restX));
    sum = f(sum + f(f((tr + 128) * rest) * wx));
    sum = f(sum + f(f((br + 128) * wy) * wx));
    return Math.trunc(f(sum + 0.5)) - 128;
  },
};

function interpolation(arithmetic: Arithmetic, unsigned: boolean, kernels?: TfliteKernels): Interpolation {
  if (arithmetic === "xnnpack") return XNNPACK;
  if (kernels) return REFERENCE_UNSIGNED;
  return unsigned ? TFLITE_UNSIGNED : TFLITE;
}

/** (33) in "xnnpack", (34) and (35) in "tflite", of the reference kernels (34) and (128); float32: (32). */
export const referenceResizeBilinear: Reference<AttributesOf<typeof resizeBilinear>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { size, unsigned, kernels } = call.attributes;
  const { axis, blend } = isFloat(output)
    ? FLOAT
    : interpolation(arithmeticOf("resize_bilinear", call.numerics), unsigned, kernels);
  const [batches, height, width, channels] = input.shape as [number, number, number, number];
  const [outHeight, outWidth] = size as [number, number];
  const rows = axis(height, outHeight, call.attributes);
  const columns = axis(width, outWidth, call.attributes);
  const x = input.data as Float32Array | Int8Array;
  const result = allocate(output) as Float32Array | Int8Array;

  let at = 0;
  for (let n = 0; n < batches; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = (n * height + (rows.lower[oy] as number)) * width;
      const bottom = (n * height + (rows.upper[oy] as number)) * width;
      for (let ox = 0; ox < outWidth; ox++) {
        const left = columns.lower[ox] as number;
        const right = columns.upper[ox] as number;
        const corner = (row: number, column: number, c: number) => x[(row + column) * channels + c] as number;
        for (let c = 0; c < channels; c++) {
          result[at++] = blend(
            corner(top, left, c),
            corner(top, right, c),
            corner(bottom, left, c),
            corner(bottom, right, c),
            rows.weight[oy] as number,
            columns.weight[ox] as number,
          );
        }
      }
    }
  }
  return [result];
};
