import { QuantizationError } from "../../core/errors.js";
import { roundHalfAway } from "../../core/rounding.js";
import type { Options } from "./call.js";

const f = Math.fround;

/** The grid that FAKE_QUANT puts float32 values on: low, low + scale, … high. */
export interface FakeQuant {
  readonly scale: number;
  readonly low: number;
  readonly high: number;
}

/** Its options min, max, number of bits and whether the lowest code is left out; the range is moved so that 0 is on the grid. */
export function fakeQuant(options: Options): FakeQuant {
  const [min, max, bits] = [f(options.float32(0)), f(options.float32(1)), options.int32(2)];
  const first = options.bool(3) ? 1 : 0;
  const last = 2 ** bits - 1;
  const isRange = min <= 0 && max >= 0 && min < max && max - min < Infinity;
  const scale = f(f(max - min) / (last - first));
  if (!isRange || bits < 2 || bits > 16 || !(scale >= 2 ** -126)) {
    throw new QuantizationError(
      `its range ${min}…${max} of ${bits} bits is none: it must hold 0 and have 2 to 16 bits`,
    );
  }
  const zero = Math.min(Math.max(roundHalfAway(f(first - f(min / scale))), first), last);
  return { scale, low: f((first - zero) * scale), high: f((last - zero) * scale) };
}

/** f(f(rha(f(f(clamp(x) − low) · f(1 / scale))) · scale) + low), as TFLite computes it. */
export function fakeQuantized(x: number, { scale, low, high }: FakeQuant): number {
  const clamped = Math.min(Math.max(x, low), high);
  return f(f(roundHalfAway(f(f(clamped - low) * f(1 / scale))) * scale) + low);
}
