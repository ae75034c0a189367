import { byteCount, ELEMENT_BYTES, QUANTIZED_RANGE } from "../core/dtype.js";
import { QuantizationError, ShapeError } from "../core/errors.js";
import type { Tensor } from "../core/model.js";
import { CODEBOOK_SIZE, isBfloat16, isNormal, type QuantizationParams, scaleCount } from "../core/quantization.js";
import { checkShape, elementCount, formatShape } from "../core/shape.js";

/**
 * int8, uint8 and int16 tensors have scales, one or, for constants, one per index of `axis`, which are positive normal float32
 * numbers; the zero point is a value of the type, and 0 for int16 and where there are several scales. int4 and uint4 constants have
 * one scale per group, uint4 ones a codebook. Other types have none.
 */
export function checkQuantization(tensor: Tensor): void {
  const { quantization: q, dtype } = tensor;
  const who = `tensor "${tensor.name}"`;
  const is4Bit = dtype === "int4" || dtype === "uint4";
  const range = is4Bit || dtype === "int16" ? ([0, 0] as const) : QUANTIZED_RANGE[dtype];
  if ((q !== undefined) !== (range !== undefined)) {
    throw new QuantizationError(
      `${who} is ${dtype} ${q ? "with" : "without"} a scale; int8, uint8, int16, int4 and uint4 have one`,
    );
  }
  if (tensor.data === undefined && (is4Bit || dtype === "float16")) {
    throw new QuantizationError(`${who} is ${dtype} and no constant; only weights are stored like that`);
  }
  if (q === undefined || range === undefined) return;
  if (is4Bit) checkGroups(q, dtype, who);
  else if (q.group !== undefined || q.codebook !== undefined) {
    throw new QuantizationError(`${who} is ${dtype} with a group or a codebook; only int4 and uint4 have groups`);
  }
  const count = scaleCount(tensor.shape, q.axis, q.group);
  if (q.scale.length !== count) {
    throw new QuantizationError(`${who} has ${q.scale.length} scales, axis ${q.axis ?? "none"} takes ${count ?? 0}`);
  }
  for (const scale of q.scale) {
    if (!isNormal(scale)) {
      throw new QuantizationError(`${who} has scale ${scale}; scales are positive normal float32 numbers`);
    }
  }
  const [low, high] = range;
  if (!Number.isInteger(q.zeroPoint) || q.zeroPoint < low || q.zeroPoint > high) {
    throw new QuantizationError(`${who} has zero point ${q.zeroPoint}; ${dtype} takes ${low} to ${high}`);
  }
  if (q.axis !== undefined && (tensor.data === undefined || q.zeroPoint !== 0)) {
    throw new QuantizationError(`${who} is quantized per channel; only constants with zero point 0 may be`);
  }
}

/** Scales of groups are bfloat16; uint4 has a codebook, int4 none. */
function checkGroups({ axis, group = 0, codebook, scale }: QuantizationParams, dtype: string, who: string): void {
  if (axis === undefined || !Number.isInteger(group) || group < 1) {
    throw new QuantizationError(
      `${who} is ${dtype} with axis ${axis} and group ${group}; both are needed, group at least 1`,
    );
  }
  const odd = scale.find((value) => !isBfloat16(value));
  if (odd !== undefined) throw new QuantizationError(`${who} has scale ${odd}; scales of groups are bfloat16 numbers`);
  if ((codebook !== undefined) !== (dtype === "uint4")) {
    throw new QuantizationError(
      `${who} is ${dtype} ${codebook ? "with" : "without"} a codebook; exactly uint4 has one`,
    );
  }
  if (
    codebook &&
    (codebook.length !== CODEBOOK_SIZE || !codebook.every((x) => Number.isFinite(x) && Math.fround(x) === x))
  ) {
    throw new QuantizationError(
      `${who} has a codebook of ${codebook.length}; it takes ${CODEBOOK_SIZE} finite float32 numbers`,
    );
  }
}

/** A tensor by itself: shape, quantization, and as many bytes of data as the shape says if there are any. */
export function checkTensor(tensor: Tensor): void {
  checkShape(tensor.shape, `tensor "${tensor.name}"`);
  checkQuantization(tensor);
  const elements = elementCount(tensor.shape);
  const bytes = byteCount(tensor.dtype, elements);
  if (tensor.data !== undefined && tensor.data.byteLength !== bytes) {
    throw new ShapeError(
      `tensor "${tensor.name}" ${formatShape(tensor.shape)} takes ${bytes} bytes, its data has ${tensor.data.byteLength}`,
    );
  }
  if (tensor.data && elements % 2 === 1 && ELEMENT_BYTES[tensor.dtype] < 1 && tensor.data[bytes - 1]! > 15) {
    throw new ShapeError(`tensor "${tensor.name}" uses the upper half of its last byte, which belongs to no element`);
  }
}
