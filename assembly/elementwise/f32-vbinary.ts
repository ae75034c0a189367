import { expWide, expWideLanes } from "../lanes/exp";
import { HAS_SIMD } from "../lanes/features";
import { clampFloat, clampLanes } from "../lanes/float-clamp";
import { logWide, logWideLanes } from "../lanes/log";
import { storeWords } from "../lanes/store-words";
import { BLOCK } from "./block";
import { BroadcastArgs, rowOfA, rowOfB } from "./broadcast";

// @ts-ignore: decorator
@unmanaged
export class VbinaryF32Args {
  a: usize;
  b: usize;
  output: usize;
  shape: usize;
  /** Position in the list of host/wasm/binary.ts. */
  function: i32;
  /** 1 where the node's first input is `b`. */
  swapped: i32;
  min: f32;
  max: f32;
  /** The constants of lanes/horner, for powers. */
  table: usize;
}

/** Positions in the list of host/wasm/binary.ts. */
const MAXIMUM = 0;
const MINIMUM = 1;
const SQUARED_DIFFERENCE = 2;
const DIV = 3;
const PRELU = 4;

/**
 * Operations of two inputs, float32, eqs. (54) and (61). A tile is a block of a row. Reads up to 12 bytes past an input.
 * The output may be either input.
 */
export function f32_vbinary(args: usize, begin: i32, end: i32): void {
  const p = changetype<VbinaryF32Args>(args);
  const shape = changetype<BroadcastArgs>(p.shape);
  while (begin < end) {
    const row = begin / shape.rowBlocks;
    const stop = min(end, (row + 1) * shape.rowBlocks);
    const first = (begin - row * shape.rowBlocks) * BLOCK;
    const a = p.a + ((rowOfA(shape, row) + first) << 2);
    const b = p.b + (rowOfB(shape, row, first) << 2);
    const to = p.output + ((row * shape.rowLength + first) << 2);
    const n = min((stop - begin) * BLOCK, shape.rowLength - first);
    const bRuns = shape.bScalar ^ 1;
    if (p.swapped) computeRow(p, b, a, bRuns, 1, to, n);
    else computeRow(p, a, b, 1, bRuns, to, n);
    begin = stop;
  }
}

/** `xRuns` is 0 where `x` is one element, else 1. */
function computeRow(p: VbinaryF32Args, x: usize, y: usize, xRuns: usize, yRuns: usize, to: usize, n: i32): void {
  if (HAS_SIMD && p.function <= PRELU) {
    const splatX = v128.load32_splat(x);
    const splatY = v128.load32_splat(y);
    for (; n > 0; n -= 4) {
      storeWords(to, computeLanes(p, xRuns ? v128.load(x) : splatX, yRuns ? v128.load(y) : splatY), n);
      x += xRuns << 4;
      y += yRuns << 4;
      to += 16;
    }
  } else {
    for (; n > 0; n--) {
      store<f32>(to, compute(p, load<f32>(x), load<f32>(y)));
      x += xRuns << 2;
      y += yRuns << 2;
      to += 4;
    }
  }
}

// @ts-ignore: decorator
@inline
function computeLanes(p: VbinaryF32Args, x: v128, y: v128): v128 {
  switch (p.function) {
    case MAXIMUM:
      return f32x4.max(x, y);
    case MINIMUM:
      return f32x4.min(x, y);
    case SQUARED_DIFFERENCE: {
      const difference = f32x4.sub(x, y);
      return f32x4.mul(difference, difference);
    }
    case DIV:
      return clampLanes(f32x4.div(x, y), f32x4.splat(p.min), f32x4.splat(p.max));
    default:
      return v128.bitselect(x, f32x4.mul(y, x), f32x4.ge(x, f32x4.splat(0)));
  }
}

// @ts-ignore: decorator
@inline
function compute(p: VbinaryF32Args, x: f32, y: f32): f32 {
  // Powers are rare, and their special cases are many: one at a time in every module.
  if (HAS_SIMD) return power(x, y, p.table);
  switch (p.function) {
    case MAXIMUM:
      return max<f32>(x, y);
    case MINIMUM:
      return min<f32>(x, y);
    case SQUARED_DIFFERENCE:
      return (x - y) * (x - y);
    case DIV:
      return clampFloat(x / y, p.min, p.max);
    case PRELU:
      return x >= 0 ? x : y * x;
    default:
      return power(x, y, p.table);
  }
}

/** host/core/log.ts `powf`. */
// @ts-ignore: decorator
@inline
function power(x: f32, y: f32, table: usize): f32 {
  if (y == 0 || x == 1 || (x == -1 && abs(y) == Infinity)) return 1;
  const size = sizeOfPower(<f64>abs(x), <f64>y, table);
  if (x > 0 || reinterpret<i32>(x) == 0) return size;
  if (floor<f32>(y) != y) return x == 0 || x == -Infinity ? size : NaN;
  return floor<f32>(y * 0.5) * 2 == y ? size : -size;
}

/** exp(y · ln x). */
// @ts-ignore: decorator
@inline
function sizeOfPower(x: f64, y: f64, table: usize): f32 {
  if (HAS_SIMD) {
    const product = f64x2.mul(f64x2.splat(y), logWideLanes(f64x2.splat(x), table));
    return f32x4.extract_lane(f32x4.demote_f64x2_zero(expWideLanes(product, table)), 0);
  }
  return <f32>expWide(y * logWide(x, table), table);
}
