import { HAS_SIMD } from "../lanes/features";
import { float16Lanes, float16Value } from "../lanes/float16";

/**
 * Weights that are stored small, unpacked into the panels a float32 kernel reads: only as many at a time as stay in a
 * cache, so that memory holds the small ones. host/wasm/stored-weights.ts draws what is read. A tile is one panel.
 */
// @ts-ignore: decorator
@unmanaged
export class UnpackArgs {
  /** Panels of panelBytes: float32 bias[width], scales, codes. */
  source: usize;
  panelBytes: usize;
  /** Panels of float32 bias[width], then weights[k][width]. */
  target: usize;
  k: i32;
  width: i32;
  zeroPoint: i32;
  /** Depth values that share a scale, for 4 bits. */
  group: i32;
  /** The 16 values of 4 bits: float32, or with SIMD their first bytes, second bytes, third, fourth. */
  table: usize;
}

/*
 * With SIMD rows are written 8 values at a time, over the start of the row that comes next: width is a multiple of 8, or
 * there is one panel, with 28 bytes to spare behind it. As many are read past the source.
 */

/** w = float16, eq. (70): no scales, codes[k][width] of 2 bytes. */
export function f32_f16w_unpack(args: usize, begin: i32, end: i32): void {
  const a = changetype<UnpackArgs>(args);
  const width = <usize>a.width << 2;
  const targetBytes = <usize>(a.k + 1) * width;
  for (let tile = begin; tile < end; tile++) {
    let from = a.source + <usize>tile * a.panelBytes;
    let to = a.target + <usize>tile * targetBytes;
    const stop = to + targetBytes;
    memory.copy(to, from, width);
    from += width;
    to += width;
    if (HAS_SIMD) {
      for (; to < stop; to += 16) {
        v128.store(to, float16Lanes(v128.load_ext<u16>(from)));
        from += 8;
      }
    } else {
      for (; to < stop; to += 4) {
        store<f32>(to, float16Value(load<u16>(from)));
        from += 2;
      }
    }
  }
}

/** w = f((q − zeroPoint) · scale), eq. (71): float32 scales[width], int8 codes[k][width]. */
export function f32_qc8w_unpack(args: usize, begin: i32, end: i32): void {
  const a = changetype<UnpackArgs>(args);
  const width = <usize>a.width;
  for (let tile = begin; tile < end; tile++) {
    let from = a.source + <usize>tile * a.panelBytes;
    let to = a.target + <usize>(tile * (a.k + 1)) * (width << 2);
    memory.copy(to, from, width << 2);
    to += width << 2;
    const scales = from + (width << 2);
    from += width << 3;
    for (let d = 0; d < a.k; d++) {
      if (HAS_SIMD) {
        const zeroPoint = i16x8.splat(<i16>a.zeroPoint);
        for (let n: usize = 0; n < width; n += 8) {
          const q = i16x8.sub(v128.load_ext<i8>(from + n), zeroPoint);
          const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(q));
          const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(q));
          const scale = scales + (n << 2);
          v128.store(to + (n << 2), f32x4.mul(low, v128.load(scale)));
          v128.store(to + (n << 2), f32x4.mul(high, v128.load(scale, 16)), 16);
        }
      } else {
        for (let n: usize = 0; n < width; n++) {
          const q = <i32>load<i8>(from + n) - a.zeroPoint;
          store<f32>(to + (n << 2), <f32>q * load<f32>(scales + (n << 2)));
        }
      }
      from += width;
      to += width << 2;
    }
  }
}

/**
 * w = f(table[q] · scale), eq. (72): bfloat16 scales[groups][width], then codes. Each group has codes[rows / 2][width],
 * bytes of two depth values, the first in the low half.
 */
export function f32_qb4w_unpack(args: usize, begin: i32, end: i32): void {
  const a = changetype<UnpackArgs>(args);
  const width = <usize>a.width;
  const groups = (a.k + a.group - 1) / a.group;
  for (let tile = begin; tile < end; tile++) {
    let from = a.source + <usize>tile * a.panelBytes;
    let to = a.target + <usize>(tile * (a.k + 1)) * (width << 2);
    memory.copy(to, from, width << 2);
    to += width << 2;
    let scales = from + (width << 2);
    from = scales + <usize>groups * (width << 1);
    for (let first = 0; first < a.k; first += a.group) {
      const rows = min(a.group, a.k - first);
      let d = 0;
      if (HAS_SIMD) {
        if (width == 8) {
          d = rows & ~1;
          pairs(a.table, from, d, scales, to);
          from += <usize>d << 2;
          to += <usize>d << 5;
        }
      }
      for (; d < rows; d++) {
        // The second depth value of a byte, or the first.
        const shift = (d & 1) << 2;
        if (HAS_SIMD) {
          for (let n: usize = 0; n < width; n += 8) nibbles(a.table, from + n, shift, scales + (n << 1), to + (n << 2));
        } else {
          for (let n: usize = 0; n < width; n++) {
            const value = load<f32>(a.table + <usize>(((load<u8>(from + n) >> shift) & 15) << 2));
            const scale = reinterpret<f32>(<u32>load<u16>(scales + (n << 1)) << 16);
            store<f32>(to + (n << 2), value * scale);
          }
        }
        if (shift != 0 || d == rows - 1) from += width;
        to += width << 2;
      }
      scales += width << 1;
    }
  }
}

/** An even number of rows of a panel of 8, which share their scales. */
// @ts-ignore: decorator
@inline
function pairs(table: usize, from: usize, rows: i32, scales: usize, to: usize): void {
  const t0 = v128.load(table);
  const t1 = v128.load(table, 16);
  const t2 = v128.load(table, 32);
  const t3 = v128.load(table, 48);
  const bits = v128.load(scales);
  const left = i32x4.shl(i32x4.extend_low_i16x8_u(bits), 16);
  const right = i32x4.shl(i32x4.extend_high_i16x8_u(bits), 16);
  const stop = to + (<usize>rows << 5);
  while (to < stop) {
    const both = v128.load64_zero(from);
    const first = v128.and(both, i8x16.splat(15));
    const q = v128.shuffle<i64>(first, i8x16.shr_u(both, 4), 0, 2);
    const b0 = i8x16.swizzle(t0, q);
    const b1 = i8x16.swizzle(t1, q);
    const b2 = i8x16.swizzle(t2, q);
    const b3 = i8x16.swizzle(t3, q);
    const lower = v128.shuffle<i8>(b0, b1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const upper = v128.shuffle<i8>(b2, b3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    v128.store(to, f32x4.mul(v128.shuffle<i16>(lower, upper, 0, 8, 1, 9, 2, 10, 3, 11), left));
    v128.store(to, f32x4.mul(v128.shuffle<i16>(lower, upper, 4, 12, 5, 13, 6, 14, 7, 15), right), 16);
    const lower2 = v128.shuffle<i8>(b0, b1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const upper2 = v128.shuffle<i8>(b2, b3, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(to, f32x4.mul(v128.shuffle<i16>(lower2, upper2, 0, 8, 1, 9, 2, 10, 3, 11), left), 32);
    v128.store(to, f32x4.mul(v128.shuffle<i16>(lower2, upper2, 4, 12, 5, 13, 6, 14, 7, 15), right), 48);
    from += 8;
    to += 64;
  }
}

/** Eight 4-bit values, their scales, and 32 bytes of float32. */
// @ts-ignore: decorator
@inline
function nibbles(table: usize, from: usize, shift: i32, scales: usize, to: usize): void {
  const q = v128.and(i8x16.shr_u(v128.load64_zero(from), shift), i8x16.splat(15));
  const b0 = i8x16.swizzle(v128.load(table), q);
  const b1 = i8x16.swizzle(v128.load(table, 16), q);
  const b2 = i8x16.swizzle(v128.load(table, 32), q);
  const b3 = i8x16.swizzle(v128.load(table, 48), q);
  const lower = v128.shuffle<i8>(b0, b1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const upper = v128.shuffle<i8>(b2, b3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const low = v128.shuffle<i16>(lower, upper, 0, 8, 1, 9, 2, 10, 3, 11);
  const high = v128.shuffle<i16>(lower, upper, 4, 12, 5, 13, 6, 14, 7, 15);
  const scale = v128.load(scales);
  v128.store(to, f32x4.mul(low, i32x4.shl(i32x4.extend_low_i16x8_u(scale), 16)));
  v128.store(to, f32x4.mul(high, i32x4.shl(i32x4.extend_high_i16x8_u(scale), 16)), 16);
}
