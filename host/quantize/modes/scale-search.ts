import { clamp, roundHalfEven } from "../../core/rounding.js";
import type { Levels } from "./cancelling.js";

/** The integers −limit … limit, which stand for multiples of a scale; ties to even. */
export function integerLevels(limit: number): Levels {
  return {
    nearest: (x) => clamp(roundHalfEven(x), -limit, limit) + 0,
    multiple: (level) => level,
  };
}

/** The one of `scales` with the least Σ (w − scale · level(w))²; of equals the first. */
export function bestScale(values: ArrayLike<number>, { nearest }: Levels, scales: readonly number[]): number {
  let best = scales[0] as number;
  let least = Number.POSITIVE_INFINITY;
  for (const scale of scales) {
    let error = 0;
    for (let i = 0; i < values.length && error < least; i++) {
      const value = values[i] as number;
      const difference = value - scale * nearest(value / scale);
      error += difference * difference;
    }
    if (error < least) {
      least = error;
      best = scale;
    }
  }
  return best;
}

export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] as number));
  return largest;
}

/** The nearest bfloat16 at least 2^-126; 1 for 0, where any scale will do. Not for values above 3.3e38. */
export function toBfloat16(scale: number): number {
  if (scale === 0) return 1;
  const bits = new Uint32Array(Float32Array.of(Math.max(scale, 2 ** -126)).buffer);
  bits[0] = ((bits[0] as number) + 0x7fff + (((bits[0] as number) >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0] as number;
}
