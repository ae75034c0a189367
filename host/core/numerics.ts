import { QuantizationError, UnsupportedOpError } from "./errors.js";
import type { Numerics } from "./model.js";
import type { TfliteKernels } from "./op.js";

/** The profiles of TensorFlow Lite: those that ops have arithmetic for which know no other. */
export type Arithmetic = Exclude<Numerics, "onnx">;

/** The arithmetic of an op that "onnx" has none for. Throws UnsupportedOpError for that. */
export function arithmeticOf(op: string, numerics: Numerics): Arithmetic {
  if (numerics === "onnx") {
    throw new UnsupportedOpError(
      "unsupported-numerics",
      `${op}: numerics "onnx" has no arithmetic for quantized tensors here; use "xnnpack" or "tflite"`,
    );
  }
  return numerics;
}

/** The arithmetic of an op that TFLite's built-in kernels run in every profile. Throws for any other than "tflite". */
export function requireTflite(op: string, numerics: Numerics): void {
  if (arithmeticOf(op, numerics) !== "tflite") {
    throw new UnsupportedOpError(
      "unsupported-numerics",
      `${op}: numerics "${numerics}" has no arithmetic for quantized tensors; XNNPACK leaves ${op} to "tflite"`,
    );
  }
}

/** Throws for `kernels` on a node it means nothing for: it is for numerics "tflite" and results that `are` of the right kind. */
export function checkKernels(kernels: TfliteKernels | undefined, numerics: Numerics, are: boolean, kind: string): void {
  if (kernels === undefined || (numerics === "tflite" && are)) return;
  throw new QuantizationError(`kernels is "${kernels}", which is for numerics "tflite" and ${kind}`);
}
