@unmanaged
export class WideSumArgs {
  /** int32[pixels][channels], `blocks` times, `blockPitch` bytes apart: what adds up to a sum. */
  sums: usize;
  output: usize;
  /** Per output channel: int64 bias, int32 multiplier, int32 shift. */
  factors: usize;
  channels: i32;
  blocks: i32;
  blockPitch: i32;
  clampMin: i32;
  clampMax: i32;
}

/**
 * Sums of int16 products to int16: y = clamp(rup(sum · multiplier / 2^shift)), docs/quantization.md (90). |sum| < 2^47, so the
 * product is taken in two halves, of 47 − 16 + 31 and 16 + 31 bits; shift is 24 or more. A tile is a pixel.
 */
export function s32_qs16_vcvt(args: usize, begin: i32, end: i32): void {
  const a = changetype<WideSumArgs>(args);
  for (let pixel = begin; pixel < end; pixel++) {
    for (let channel = 0; channel < a.channels; channel++) {
      const at = <usize>(pixel * a.channels + channel);
      const factor = a.factors + (<usize>channel << 4);
      let sum = load<i64>(factor);
      for (let block = 0; block < a.blocks; block++) sum += <i64>load<i32>(a.sums + <usize>block * <usize>a.blockPitch + (at << 2));
      const multiplier = <i64>load<i32>(factor, 8);
      const shift = <i64>load<i32>(factor, 12);
      const low = ((sum & 0xffff) * multiplier + (<i64>1 << (shift - 1))) >> 16;
      const value = ((sum >> 16) * multiplier + low) >> (shift - 16);
      store<i16>(a.output + (at << 1), <i16>max(min(value, <i64>a.clampMax), <i64>a.clampMin));
    }
  }
}
