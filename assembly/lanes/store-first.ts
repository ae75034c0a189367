/** Stores the first `n` bytes of `v`, n in 0…15, and touches no byte behind them. */
// @ts-ignore: decorator
@inline
export function storeFirst(to: usize, v: v128, n: i32): void {
  if (n & 8) {
    v128.store64_lane(to, v, 0);
    to += 8;
    v = v128.shuffle<i64>(v, v, 1, 1);
  }
  if (n & 4) {
    v128.store32_lane(to, v, 0);
    to += 4;
    v = i64x2.shr_u(v, 32);
  }
  if (n & 2) {
    v128.store16_lane(to, v, 0);
    to += 2;
    v = i64x2.shr_u(v, 16);
  }
  if (n & 1) v128.store8_lane(to, v, 0);
}
