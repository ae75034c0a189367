/** int16 activations with int8 weights, TFLite's 16x8: sums are int64, and factors have 16 bits. */
import { QuantizationError } from "./errors.js";
import type { TensorType } from "./model.js";
import type { OpInputs } from "./op.js";
import { convMultipliers } from "./requantize.js";
import { clamp } from "./rounding.js";
import { elementCount } from "./shape.js";

type Product = Parameters<typeof convMultipliers>[0];

/** Biases are within this, and so are the other summands: the fixed-point product of a sum then fits into int64. */
const LARGEST_SUM = 2 ** 46;

/** (90): q = clamp(rup(sum · multiplier / 2^shift)) per output channel. */
export interface WideMultipliers {
  readonly multiplier: Int32Array;
  /** 24 to 62. */
  readonly shift: Int32Array;
}

/**
 * (90): the factors of (7), which all but fully connected nodes keep to 16 bits. Throws where one is 2^7 or more, for which
 * TFLite has no result.
 */
export function wideMultipliers(
  op: Product,
  inputScale: number,
  weightScales: readonly number[],
  outputScale: number,
  channels: number,
): WideMultipliers {
  const { multiplier, shift } = convMultipliers(op, inputScale, weightScales, outputScale, channels, false);
  if (shift.some((s) => s > 7)) {
    throw new QuantizationError(`scales ${inputScale} to ${outputScale}: rescales by 2^7 or more, int16 takes less`);
  }
  const to16Bits = (m: number) => (m < 0x7fff0000 ? (m + 2 ** 15) >> 16 : 0x7fff) << 16;
  return {
    multiplier: op === "fully_connected" ? multiplier : multiplier.map(to16Bits),
    shift: shift.map((s) => 31 - s),
  };
}

/** (90) for one sum, which doubles hold exactly. */
export function rescaleWide(sum: number, multiplier: number, shift: number, min: number, max: number): number {
  const rounded = (BigInt(sum) * BigInt(multiplier) + (1n << BigInt(shift - 1))) >> BigInt(shift);
  return clamp(Number(rounded), min, max);
}

/** Throws where an int16 node has no (90): zero points, scales, or sums that could pass 2^47. */
export function checkWide(op: Product, inputs: OpInputs, outputs: readonly TensorType[]): void {
  const [input, weights, bias] = inputs;
  const output = outputs[0];
  for (const tensor of [input, weights, output]) {
    const zeroPoint = tensor?.quantization?.zeroPoint ?? 0;
    if (zeroPoint !== 0) {
      throw new QuantizationError(
        `"${tensor?.name}" has zero point ${zeroPoint}; beside int16 activations it must be 0`,
      );
    }
  }
  const scales = weights?.quantization?.scale ?? [];
  const [x, y] = [input?.quantization?.scale[0] as number, output?.quantization?.scale[0] as number];
  wideMultipliers(op, x, scales, y, scales.length);
  if (elementCount(weights?.shape ?? []) > 2 ** 24) {
    throw new QuantizationError(
      `"${weights?.name}" has more than 2^24 elements; beside int16 activations that is the most`,
    );
  }
  const { data } = (bias ?? {}) as { readonly data?: Uint8Array };
  if (data === undefined) return;
  const large = biasOf(data).find((value) => Math.abs(Number(value)) > LARGEST_SUM);
  if (large !== undefined) {
    throw new QuantizationError(`"${bias?.name}" has the value ${large}; beside int16 activations ±2^46 is the most`);
  }
}

/** An int64 bias, aligned. */
export function biasOf(data: Uint8Array): BigInt64Array {
  return new BigInt64Array(data.slice().buffer);
}
