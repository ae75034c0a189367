/**
 * Which module this is. Kernels ask `HAS_SIMD`, never a compiler feature: the untaken side of `if (HAS_SIMD)` is not
 * compiled, so one source gives every module.
 */

// @ts-ignore: decorator
@inline
export const HAS_SIMD: bool = ASC_FEATURE_SIMD;

/** The relaxed modules have i32x4.relaxed_dot_i8x16_i7x16_add_s besides all of SIMD128. */
// @ts-ignore: decorator
@inline
export const HAS_RELAXED: bool = ASC_FEATURE_RELAXED_SIMD;
