import { largestByte } from "./largest";

// @ts-ignore: decorator
@unmanaged
export class SoftmaxFixedArgs {
  input: usize;
  output: usize;
  /** Elements of one row. */
  length: i32;
  /** From differences of stored values to fixed point: (x << shift) · multiplier / 2^31. */
  multiplier: i32;
  shift: i32;
  /** Differences to the maximum below this one count as nothing. */
  least: i32;
}

/**
 * y = rha(high(r · e) / 2^k) − 128, e = exp of the difference to the maximum, r = 1 / (sum of all e), in int32 fixed
 * point, eq. (123). A tile is a row. The output may be the input.
 */
export function qs8_softmax_fixed(args: usize, begin: i32, end: i32): void {
  const p = changetype<SoftmaxFixedArgs>(args);
  const length = p.length;
  for (let row = begin; row < end; row++) {
    const from = p.input + row * length;
    const stop = from + length;
    const largest = largestByte(from, length);
    let sum: i32 = 0;
    for (let x = from; x < stop; x++) sum += divide(weight(p, <i32>load<i8>(x) - largest), 12);
    const headroom = clz(sum);
    const scale = reciprocal((sum << headroom) ^ i32.MIN_VALUE);
    const shift = 12 - headroom + 23;
    const to = p.output + row * length - from;
    for (let x = from; x < stop; x++) {
      const y = divide(high(scale, weight(p, <i32>load<i8>(x) - largest)), shift) - 128;
      store<i8>(to + x, min(y, 127));
    }
  }
}

/** (121): e^x in Q0 for a difference to the maximum; x is Q5 and at most 0. */
function weight(p: SoftmaxFixedArgs, difference: i32): i32 {
  if (difference < p.least) return 0;
  const x = high(difference << p.shift, p.multiplier);
  if (x == 0) return i32.MAX_VALUE;
  const quarter = 1 << 24;
  const below = (x & (quarter - 1)) - quarter;
  const rest = below - x;
  let result = expNearZero(below << 5);
  result = bySet(result, rest, quarter, 1672461947);
  result = bySet(result, rest, quarter << 1, 1302514674);
  result = bySet(result, rest, quarter << 2, 790015084);
  result = bySet(result, rest, quarter << 3, 290630308);
  result = bySet(result, rest, quarter << 4, 39332535);
  result = bySet(result, rest, quarter << 5, 720401);
  return bySet(result, rest, quarter << 6, 242);
}

// @ts-ignore: decorator
@inline
function bySet(result: i32, rest: i32, bit: i32, factor: i32): i32 {
  return (rest & bit) != 0 ? high(result, factor) : result;
}

/** (120): e^x for x in [−1/4, 0), Q0. */
function expNearZero(x: i32): i32 {
  const y = x + (1 << 28);
  const y2 = high(y, y);
  const y3 = high(y2, y);
  const y4 = divide(high(y2, y2), 2);
  const tail = divide(high(y4 + y3, 715827883) + y2, 1);
  return 1895147668 + high(1895147668, y + tail);
}

/** (122): 1 / (1 + x) for x in [0, 1), Q0. */
function reciprocal(x: i32): i32 {
  const half = <i32>((<i64>x + (<i64>1 << 31)) >> 1);
  let r = 1515870810 + high(half, -1010580540);
  for (let i = 0; i < 3; i++) r += high(r, (1 << 29) - high(half, r)) << 2;
  return <i32>min<i64>(<i64>r << 1, i32.MAX_VALUE);
}

/** The upper half of twice the product, ties toward +∞. */
// @ts-ignore: decorator
@inline
function high(a: i32, b: i32): i32 {
  return <i32>((<i64>a * <i64>b + (1 << 30)) >> 31);
}

/** x / 2^shift, ties away from zero, for shift from 1 to 35. */
// @ts-ignore: decorator
@inline
function divide(x: i32, shift: i32): i32 {
  return <i32>((<i64>x + (<i64>1 << (shift - 1)) - i64(x < 0)) >> shift);
}
