import { QuantizationError } from "./errors.js";
import type { Affine } from "./requantize.js";
import { elementCount } from "./shape.js";

/**
 * real = scale · (q − zeroPoint). One scale per tensor when `axis` is absent (`scale.length === 1`), else one per
 * index of `axis`. Scales are float32 values. One zero point for all channels.
 *
 * 4-bit constants have an axis and a group: each index of the axis has a scale, a bfloat16 value, for every `group` of its
 * elements, taken in order and the last group maybe smaller. So scale `c` · ⌈elements / group⌉ + ⌊i / group⌋ is that of element `i` of
 * channel `c`. With a codebook of 16 values, real = scale · codebook[q].
 */
export interface QuantizationParams {
  readonly scale: readonly number[];
  readonly zeroPoint: number;
  readonly axis?: number;
  readonly group?: number;
  readonly codebook?: readonly number[];
}

/** Entries of a codebook: what 4 bits can tell apart. */
export const CODEBOOK_SIZE = 16;

/** How many scales a tensor of `elements` has by its axis and group; undefined where its shape has no such axis. */
export function scaleCount(shape: readonly number[], axis?: number, group?: number): number | undefined {
  const channels = axis === undefined ? 1 : shape[axis];
  if (!channels || !group) return channels;
  return channels * Math.ceil(elementCount(shape) / channels / group);
}

/** No number in a file is larger: float32 ends a little above. */
export const MAX_FLOAT = 3.4e38;

/** Positive, finite, and exactly a float32 that is not subnormal: what the arithmetic of scales is defined for. */
export function isNormal(scale: number): boolean {
  return scale >= 2 ** -126 && scale <= MAX_FLOAT && Math.fround(scale) === scale;
}

/** Whether the lower half of a float32 value is 0. */
export function isBfloat16(value: number): boolean {
  return Math.fround(value) === value && (new Uint32Array(Float32Array.of(value).buffer)[0]! & 0xffff) === 0;
}

/** Scale of a per-tensor quantization. */
export function scaleOf(q: QuantizationParams): number {
  return q.scale[0] as number;
}

/** Parameters of a tensor that must be quantized per tensor. `who` names it in the error. */
export function perTensor(q: QuantizationParams | undefined, who: string): { scale: number; zeroPoint: number } {
  if (q === undefined) throw new QuantizationError(`${who} has no quantization parameters; int8 and uint8 need them`);
  if (q.scale.length !== 1) {
    throw new QuantizationError(`${who} has ${q.scale.length} scales; activations are quantized per tensor`);
  }
  return { scale: q.scale[0] as number, zeroPoint: q.zeroPoint };
}

export function sameQuantization(a: QuantizationParams | undefined, b: QuantizationParams | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.zeroPoint === b.zeroPoint &&
    a.axis === b.axis &&
    a.scale.length === b.scale.length &&
    a.scale.every((s, i) => s === b.scale[i])
  );
}

/** Ops that hand values through unscaled need equal parameters on both sides. */
export function requireSameQuantization(
  op: string,
  input: { name: string; quantization?: QuantizationParams },
  output: { name: string; quantization?: QuantizationParams } | undefined,
): void {
  if (output && !sameQuantization(input.quantization, output.quantization)) {
    throw new QuantizationError(
      `${op}: input "${input.name}" and output "${output.name}" differ in scale or zero point; ${op} does not rescale`,
    );
  }
}

/** Hands scale and zero point of each tensor to `check`, which throws where they do not suit; nothing for float32. */
export function checkScales(
  tensors: readonly ({ readonly quantization?: QuantizationParams } | undefined)[],
  check: (...parameters: Affine[]) => unknown,
): void {
  const parameters: Affine[] = [];
  for (const tensor of tensors) {
    const quantization = tensor?.quantization;
    if (!quantization) return;
    parameters.push({ scale: scaleOf(quantization), zeroPoint: quantization.zeroPoint });
  }
  check(...parameters);
}
