import { ELEMENT_BYTES, QUANTIZED_RANGE } from "../core/dtype.js";
import { QuantizationError, ShapeError } from "../core/errors.js";
import type { Tensor } from "../core/model.js";
import { isNormal } from "../core/quantization.js";
import { checkShape, elementCount, formatShape } from "../core/shape.js";

/**
 * int8, uint8 and int16 tensors have scales, one or, for constants, one per index of `axis`, which are positive normal float32
 * numbers; the zero point is a value of the type, and 0 for int16 and where there are several scales. Other types have none.
 */
export function checkQuantization(tensor: Tensor): void {
  const { quantization: q, dtype } = tensor;
  const who = `tensor "${tensor.name}"`;
  const range = QUANTIZED_RANGE[dtype];
  if ((q !== undefined) !== (range !== undefined)) {
    throw new QuantizationError(`${who} is ${dtype} ${q ? "with" : "without"} a scale; int8, uint8 and int16 have one`);
  }
  if (q === undefined || range === undefined) return;
  const count = q.axis === undefined ? 1 : tensor.shape[q.axis];
  if (q.scale.length !== count) {
    throw new QuantizationError(`${who} has ${q.scale.length} scales, axis ${q.axis ?? "none"} takes ${count ?? 0}`);
  }
  for (const scale of q.scale) {
    if (!isNormal(scale)) {
      throw new QuantizationError(`${who} has scale ${scale}; scales are positive normal float32 numbers`);
    }
  }
  const [low, high] = dtype === "int16" ? [0, 0] : range;
  if (!Number.isInteger(q.zeroPoint) || q.zeroPoint < low || q.zeroPoint > high) {
    throw new QuantizationError(`${who} has zero point ${q.zeroPoint}; ${dtype} takes ${low} to ${high}`);
  }
  if (q.axis !== undefined && (tensor.data === undefined || q.zeroPoint !== 0)) {
    throw new QuantizationError(`${who} is quantized per channel; only constants with zero point 0 may be`);
  }
}

/** A tensor by itself: shape, quantization, and as many bytes of data as the shape says if there are any. */
export function checkTensor(tensor: Tensor): void {
  checkShape(tensor.shape, `tensor "${tensor.name}"`);
  checkQuantization(tensor);
  const bytes = elementCount(tensor.shape) * ELEMENT_BYTES[tensor.dtype];
  if (tensor.data !== undefined && tensor.data.byteLength !== bytes) {
    throw new ShapeError(
      `tensor "${tensor.name}" ${formatShape(tensor.shape)} takes ${bytes} bytes, its data has ${tensor.data.byteLength}`,
    );
  }
}
