import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { Numerics } from "../../core/model.js";
import { arithmeticOf } from "../../core/numerics.js";
import type { AttributesOf, TfliteKernels } from "../../core/op.js";
import {
  type ResizeAxis,
  type ResizeMode,
  resizeAxis,
  resizeAxis10,
  resizeAxis11,
  resizeAxisUnsigned,
} from "../../core/resize.js";
import { RESIZE_ARGS } from "../../wasm/args.generated.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import type { resizeBilinear } from "./op.js";

type Axis = ResizeAxis<Float32Array | Int32Array>;

interface Arithmetic {
  readonly kernel: string;
  readonly axis: (input: number, output: number, mode: ResizeMode) => Axis;
  /** −1 where halves round away from zero. */
  readonly away?: number;
}

const FLOAT: Arithmetic = { kernel: "f32_ibilinear", axis: resizeAxis };
const XNNPACK: Arithmetic = { kernel: "qs8_ibilinear", axis: resizeAxis11 };
const TFLITE: Arithmetic = { kernel: "qs8_ibilinear", axis: doubledAxis10, away: -1 };
const TFLITE_UNSIGNED: Arithmetic = { kernel: "qu8_ibilinear", axis: resizeAxisUnsigned };
const REFERENCE_UNSIGNED: Arithmetic = { kernel: "qu8_ibilinear_reference", axis: resizeAxisUnsigned };

/** The kernel takes 11-bit weights. Doubling a weight on both axes scales the sum before its rounding by 4, exactly. */
function doubledAxis10(input: number, output: number, mode: ResizeMode): Axis {
  const { lower, upper, weight } = resizeAxis10(input, output, mode);
  return { lower, upper, weight: weight.map((w) => 2 * w) };
}

function arithmetic(
  numerics: Numerics,
  { unsigned, kernels }: { readonly unsigned: boolean; readonly kernels?: TfliteKernels },
): Arithmetic {
  if (arithmeticOf("resize_bilinear", numerics) === "xnnpack") return XNNPACK;
  if (kernels) return REFERENCE_UNSIGNED;
  return unsigned ? TFLITE_UNSIGNED : TFLITE;
}

/** Constants are a table of rows and a table of columns. */
export const prepareResizeBilinear: Prepare<AttributesOf<typeof resizeBilinear>> = (call) => {
  const { dtype, shape } = call.inputs[0]!;
  const [batches, height, width, channels] = shape as [number, number, number, number];
  const [outputHeight, outputWidth] = call.attributes.size as [number, number];
  const isFloat = dtype === "float32";
  const { kernel, axis, away = 0 } = isFloat ? FLOAT : arithmetic(call.numerics, call.attributes);
  const pixelBytes = channels * ELEMENT_BYTES[dtype];
  const rows = table(axis(height, outputHeight, call.attributes), width * pixelBytes);
  const columns = table(axis(width, outputWidth, call.attributes), pixelBytes);
  const values = { outputHeight, outputWidth, channels, imageBytes: height * width * pixelBytes, away };
  return {
    constants: [rows, columns],
    steps: (at) => [
      step(
        kernel,
        RESIZE_ARGS,
        { ...values, input: at.input(0), output: at.output(0), rows: at.constant(0), columns: at.constant(1) },
        batches * outputHeight,
      ),
    ],
  };
};

/** Entries {lower, upper, weight}: positions in bytes, weights int32 or float32. */
function table({ lower, upper, weight }: Axis, stride: number): Uint8Array {
  const words = new Int32Array(3 * lower.length);
  const bits = new Int32Array(weight.buffer, weight.byteOffset, weight.length);
  lower.forEach((position, i) => {
    words[3 * i] = position * stride;
    words[3 * i + 1] = upper[i]! * stride;
    words[3 * i + 2] = bits[i]!;
  });
  return new Uint8Array(words.buffer);
}
