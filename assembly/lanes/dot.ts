import { HAS_RELAXED } from "./features";

/**
 * Dot products of int8 activations with int8 weights, in three families. A family fixes how activations lie in scratch
 * and weights in panels. With WIDE and NARROW a row advances by 4 bytes a step, for four channels at a time.
 */

/** int16 activations and weights, two depth values a step: i32x4.dot_i16x8_s. Every engine with SIMD128. */
// @ts-ignore: decorator
@inline
export const WIDE: i32 = 0;

/**
 * 8-bit activations and weights, four depth values a step: i32x4.relaxed_dot_i8x16_i7x16_add_s. What the instruction
 * makes of full 8-bit operands differs between machines, so a relaxed module is built for one meaning, and the host
 * proves that the machine has it before it runs the module.
 */
// @ts-ignore: decorator
@inline
export const NARROW: i32 = 1;

/** Raw int8 activations and weights, 16 depth values a step: i16x8.extmul, see gemm/qs8-qc8w-gemm-extmul.ts. */
// @ts-ignore: decorator
@inline
export const EXTMUL: i32 = 2;

/**
 * What turns an int8 activation into the 8-bit operand of this module: x xor ACTIVATION_FLIP. Where the instruction
 * reads activations as uint8 (x86 with VNNI) that is x + 128, and the packed bias makes up for it.
 */
// @ts-ignore: decorator
@inline
export const ACTIVATION_FLIP: i32 = isDefined(RELAXED_UNSIGNED) ? 0x80 : 0;

const FLIP: u8 = 0x80;
const FLIP_LANES: usize = memory.data<u8>(
  [FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP, FLIP],
  16,
);

/** ACTIVATION_FLIP in 16 lanes, where it is not 0. From memory: V8 makes a constant vector anew at each use. */
// @ts-ignore: decorator
@inline
export function flipLanes(): v128 {
  return v128.load(FLIP_LANES);
}

/** acc + Σ activations · weights over the depth values in each 32-bit lane. */
// @ts-ignore: decorator
@inline
export function dot(FAMILY: i32, acc: v128, activations: v128, weights: v128): v128 {
  if (HAS_RELAXED) {
    if (FAMILY == NARROW) return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, activations, acc);
  }
  return i32x4.add(acc, i32x4.dot_i16x8_s(activations, weights));
}

/** log2 of the bytes of one activation in scratch. */
// @ts-ignore: decorator
@inline
export function activationShift(FAMILY: i32): usize {
  return FAMILY == WIDE ? 1 : 0;
}
