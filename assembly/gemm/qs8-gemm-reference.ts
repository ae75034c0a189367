import { addAndClamp } from "../lanes/fixed-point";
import { HAS_SIMD } from "../lanes/features";

// @ts-ignore: decorator
@unmanaged
export class GemmReferenceArgs {
  input: usize;
  output: usize;
  /** int16[outC, kPadded], the zero point taken off; padded with zeros. */
  weights: usize;
  /** int32[outC], the input's zero point folded in. */
  bias: usize;
  /** float64[outC]. */
  factors: usize;
  /** Values of an input row, and that number rounded up to 8. */
  k: i32;
  kPadded: i32;
  outC: i32;
  zeroPoint: i32;
  clampMin: i32;
  clampMax: i32;
}

/**
 * y = clamp(rha(f64(acc) · factors[c]) + zeroPoint), acc = bias[c] + Σ x · w, int8, eq. (129): a matrix product as TFLite's
 * reference kernel rounds it. A tile is a row. Reads up to 7 bytes past the input.
 */
export function qs8_gemm_reference(args: usize, begin: i32, end: i32): void {
  const p = changetype<GemmReferenceArgs>(args);
  for (let row = begin; row < end; row++) {
    const from = p.input + row * p.k;
    const to = p.output + row * p.outC;
    for (let c = 0; c < p.outC; c++) {
      const acc = load<i32>(p.bias + (c << 2)) + dot(from, p.weights + ((c * p.kPadded) << 1), p.k);
      const scaled = <f64>acc * load<f64>(p.factors + (c << 3));
      const whole = trunc<f64>(scaled);
      // The part cut off is exact; a cast saturates.
      const far = abs<f64>(scaled - whole) >= 0.5 ? copysign<f64>(1, scaled) : 0;
      store<i8>(to + c, addAndClamp(<i32>(whole + far), p.zeroPoint, p.clampMin, p.clampMax));
    }
  }
}

/** Σ x · w of `k` ≥ 1 int8 values and int16 weights, wrapping. */
// @ts-ignore: decorator
@inline
function dot(from: usize, w: usize, k: i32): i32 {
  const stop = from + k;
  if (HAS_SIMD) {
    let sums = i32x4.splat(0);
    for (; from < stop; from += 8) {
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load8x8_s(from), v128.load(w)));
      w += 16;
    }
    sums = i32x4.add(sums, v128.shuffle<i64>(sums, sums, 1, 0));
    return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  }
  let sum = 0;
  for (; from < stop; from++) {
    sum += <i32>load<i8>(from) * <i32>load<i16>(w);
    w += 2;
  }
  return sum;
}
