/** Stores the first min(n, 4) 4-byte lanes of `v`, and touches no byte behind them; nothing for n ≤ 0. */
// @ts-ignore: decorator
@inline
export function storeWords(to: usize, v: v128, n: i32): void {
  if (n >= 4) {
    v128.store(to, v);
  } else if (n > 0) {
    if (n & 2) {
      v128.store64_lane(to, v, 0);
      to += 8;
      v = v128.shuffle<i64>(v, v, 1, 1);
    }
    if (n & 1) v128.store32_lane(to, v, 0);
  }
}
