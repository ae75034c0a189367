import { expWide, expWideLanes } from "../lanes/exp";
import { HAS_SIMD } from "../lanes/features";
import { FAR, FAR_END, horner, hornerLanes, NEAR } from "../lanes/horner";
import { logWide, logWideLanes, twiceArtanh, twiceArtanhLanes } from "../lanes/log";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VmathF32Args {
  input: usize;
  output: usize;
  length: i32;
  /** Position in MATH_FUNCTIONS of host/wasm/unary.ts. */
  function: i32;
  /** What elu multiplies with. */
  alpha: f32;
  /** The constants of lanes/horner. */
  table: usize;
}

/** Positions in MATH_FUNCTIONS. */
const LOGISTIC = 0;
const TANH = 1;
const EXP = 2;
const LOG = 3;
const ERF = 4;
const SOFTPLUS = 5;
const GELU = 6;
const GELU_TANH = 7;

/** √½, 2 √(2/π), and where exp stops. */
const SQRT_HALF: f64 = 0.7071067811865476;
const TWICE_SQRT: f64 = 1.5957691216057308;
const CUBIC: f64 = 0.044715;
const LIMIT: f64 = 104;

/**
 * Functions made of exp and ln, float32, computed in float64 and rounded once, eqs. (39) to (41), (52), (53), (55) to
 * (57), (59). A tile is a block. Reads up to 4 bytes past the input. The output may be the input.
 */
export function f32_vmath(args: usize, begin: i32, end: i32): void {
  const p = changetype<VmathF32Args>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + ((begin * BLOCK) << 2);
  const stop = p.input + (min(end * BLOCK, p.length) << 2);
  if (HAS_SIMD) {
    for (; from < stop; from += 8) {
      const y = f32x4.demote_f64x2_zero(computeLanes(p, f64x2.promote_low_f32x4(v128.load64_zero(from)), p.table));
      if (from + 8 <= stop) v128.store64_lane(to, y, 0);
      else v128.store32_lane(to, y, 0);
      to += 8;
    }
  } else {
    for (; from < stop; from += 4) {
      store<f32>(to, <f32>compute(p, <f64>load<f32>(from), p.table));
      to += 4;
    }
  }
}

/** Each is what exp of some argument makes of x, so that there is one exp in the code. */
// @ts-ignore: decorator
@inline
function computeLanes(p: VmathF32Args, x: v128, table: usize): v128 {
  const kind = p.function;
  if (kind == LOG) return logWideLanes(x, table);
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  const size = f64x2.abs(x);
  const z = kind == GELU ? f64x2.mul(x, f64x2.splat(SQRT_HALF)) : x;
  const square = f64x2.mul(z, z);

  let argument = x;
  if (kind == LOGISTIC) argument = f64x2.neg(x);
  else if (kind == TANH) argument = f64x2.add(size, size);
  else if (kind == SOFTPLUS) argument = f64x2.neg(size);
  else if (kind == GELU_TANH) {
    const cubic = f64x2.mul(f64x2.add(f64x2.mul(square, f64x2.splat(CUBIC)), one), x);
    argument = f64x2.neg(f64x2.mul(cubic, f64x2.splat(TWICE_SQRT)));
  } else if (kind == ERF || kind == GELU) argument = f64x2.neg(square);
  const e = expWideLanes(argument, table);
  if (kind == EXP) return e;

  if (kind == LOGISTIC) return f64x2.div(one, f64x2.add(one, e));
  if (kind == GELU_TANH) {
    const above = v128.bitselect(f64x2.neg(zero), x, f64x2.gt(argument, f64x2.splat(LIMIT)));
    return f64x2.div(above, f64x2.add(one, e));
  }
  if (kind == SOFTPLUS) {
    const rest = twiceArtanhLanes(f64x2.div(e, f64x2.add(e, f64x2.splat(2))), table);
    return f64x2.add(v128.and(x, f64x2.gt(x, zero)), rest);
  }
  const sign = f64x2.neg(zero);
  if (kind == ERF || kind == GELU) {
    // Of the sum or difference that may be small, neither form loses digits.
    const isNear = f64x2.lt(f64x2.abs(z), one);
    const near = f64x2.mul(hornerLanes(square, table + NEAR, table + FAR), z);
    const t = f64x2.div(one, f64x2.add(f64x2.abs(z), f64x2.splat(1.5)));
    const tail = f64x2.mul(f64x2.mul(hornerLanes(t, table + FAR, table + FAR_END), t), e);
    if (kind == ERF) return v128.bitselect(near, v128.bitselect(x, f64x2.sub(one, tail), sign), isNear);
    const far = v128.bitselect(tail, f64x2.sub(f64x2.splat(2), tail), f64x2.lt(z, zero));
    return f64x2.mul(f64x2.mul(x, half), v128.bitselect(f64x2.add(near, one), far, isNear));
  }
  // tanh near 0, of x or of x / 2.
  const y = kind == TANH ? x : f64x2.mul(x, half);
  const s = f64x2.mul(y, y);
  const c945 = f64x2.splat(945);
  const above = f64x2.mul(y, f64x2.add(c945, f64x2.mul(s, f64x2.add(f64x2.splat(105), s))));
  const below = f64x2.add(c945, f64x2.mul(s, f64x2.add(f64x2.splat(420), f64x2.mul(s, f64x2.splat(15)))));
  const t = f64x2.div(above, below);
  if (kind == TANH) {
    const far = f64x2.sub(one, f64x2.div(f64x2.splat(2), f64x2.add(e, one)));
    return v128.bitselect(t, v128.bitselect(x, far, sign), f64x2.lt(size, half));
  }
  const near = f64x2.div(f64x2.add(t, t), f64x2.sub(one, t));
  const negative = v128.bitselect(near, f64x2.sub(e, one), f64x2.gt(x, f64x2.neg(one)));
  const scaled = f64x2.mul(f64x2.promote_low_f32x4(f32x4.splat(p.alpha)), negative);
  return v128.bitselect(x, scaled, f64x2.ge(x, zero));
}

function tanhNear(x: f64): f64 {
  const s = x * x;
  return (x * (945 + s * (105 + s))) / (945 + s * (420 + s * 15));
}

function erfNear(z: f64, table: usize): f64 {
  return horner(z * z, table + NEAR, table + FAR) * z;
}

/** 1 − erf(z) for z ≥ 1. */
function erfcFar(z: f64, table: usize): f64 {
  const t = 1 / (z + 1.5);
  return horner(t, table + FAR, table + FAR_END) * t * expWide(-(z * z), table);
}

// @ts-ignore: decorator
@inline
function compute(p: VmathF32Args, x: f64, table: usize): f64 {
  switch (p.function) {
    case LOGISTIC:
      return 1 / (1 + expWide(-x, table));
    case TANH: {
      if (abs(x) < 0.5) return tanhNear(x);
      return copysign<f64>(1 - 2 / (expWide(2 * abs(x), table) + 1), x);
    }
    case EXP:
      return expWide(x, table);
    case LOG:
      return logWide(x, table);
    case ERF: {
      if (abs(x) < 1) return erfNear(x, table);
      return copysign<f64>(1 - erfcFar(abs(x), table), x);
    }
    case SOFTPLUS: {
      const e = expWide(-abs(x), table);
      return (x > 0 ? x : 0) + twiceArtanh(e / (e + 2), table);
    }
    case GELU: {
      const z = x * SQRT_HALF;
      if (abs(z) < 1) return x * 0.5 * (erfNear(z, table) + 1);
      const tail = erfcFar(abs(z), table);
      return x * 0.5 * (z < 0 ? tail : 2 - tail);
    }
    case GELU_TANH: {
      const w = (x * x * CUBIC + 1) * x * TWICE_SQRT;
      return (w < -LIMIT ? -0.0 : x) / (1 + expWide(-w, table));
    }
    default: {
      if (x >= 0) return x;
      if (!(x > -1)) return <f64>p.alpha * (expWide(x, table) - 1);
      const t = tanhNear(x * 0.5);
      return <f64>p.alpha * ((t + t) / (1 - t));
    }
  }
}
