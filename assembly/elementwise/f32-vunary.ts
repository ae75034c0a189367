import { HAS_SIMD } from "../lanes/features";
import { clampFloat, clampLanes } from "../lanes/float-clamp";
import { storeWords } from "../lanes/store-words";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VunaryF32Args {
  input: usize;
  output: usize;
  length: i32;
  /** Position in SIMPLE_FUNCTIONS of host/wasm/unary.ts. */
  function: i32;
  factor: f32;
  summand: f32;
}

/** Positions in SIMPLE_FUNCTIONS; the rest is clamp(factor · x + summand, 0, 1). */
const NEG = 0;
const ABS = 1;
const SQRT = 2;
const RSQRT = 3;
const RECIPROCAL = 4;
const SQUARE = 5;
const FLOOR = 6;
const CEIL = 7;
const ROUND = 8;
const SIGN = 9;

/**
 * Functions that are an instruction or two, float32, eqs. (58) and (60). A tile is a block. Reads up to 12 bytes past the
 * input. The output may be the input.
 */
export function f32_vunary(args: usize, begin: i32, end: i32): void {
  const p = changetype<VunaryF32Args>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + ((begin * BLOCK) << 2);
  const stop = p.input + (min(end * BLOCK, p.length) << 2);
  if (HAS_SIMD) {
    for (; from < stop; from += 16) {
      storeWords(to, computeLanes(p, v128.load(from)), <i32>(stop - from) >> 2);
      to += 16;
    }
  } else {
    for (; from < stop; from += 4) {
      store<f32>(to, compute(p, load<f32>(from)));
      to += 4;
    }
  }
}

// @ts-ignore: decorator
@inline
function computeLanes(p: VunaryF32Args, x: v128): v128 {
  switch (p.function) {
    case NEG:
      return f32x4.neg(x);
    case ABS:
      return f32x4.abs(x);
    case SQRT:
      return f32x4.sqrt(x);
    case RSQRT:
      return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
    case RECIPROCAL:
      return f32x4.div(f32x4.splat(1), x);
    case SQUARE:
      return f32x4.mul(x, x);
    case FLOOR:
      return f32x4.floor(x);
    case CEIL:
      return f32x4.ceil(x);
    case ROUND:
      return f32x4.nearest(x);
    case SIGN: {
      const one = v128.bitselect(x, f32x4.splat(1), f32x4.splat(-0.0));
      return v128.bitselect(one, x, f32x4.gt(f32x4.abs(x), f32x4.splat(0)));
    }
    default: {
      const line = f32x4.add(f32x4.mul(f32x4.splat(p.factor), x), f32x4.splat(p.summand));
      return clampLanes(line, f32x4.splat(0), f32x4.splat(1));
    }
  }
}

// @ts-ignore: decorator
@inline
function compute(p: VunaryF32Args, x: f32): f32 {
  switch (p.function) {
    case NEG:
      return -x;
    case ABS:
      return abs(x);
    case SQRT:
      return sqrt<f32>(x);
    case RSQRT:
      return <f32>1 / sqrt<f32>(x);
    case RECIPROCAL:
      return <f32>1 / x;
    case SQUARE:
      return x * x;
    case FLOOR:
      return floor<f32>(x);
    case CEIL:
      return ceil<f32>(x);
    case ROUND:
      return nearest<f32>(x);
    case SIGN:
      return abs(x) > 0 ? copysign<f32>(1, x) : x;
    default:
      return clampFloat(p.factor * x + p.summand, 0, 1);
  }
}
