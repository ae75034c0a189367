/**
 * Which module this is. Kernels ask `HAS_SIMD`, never a compiler feature: the untaken side of `if (HAS_SIMD)` is not
 * compiled, so one source gives every module.
 */

// @ts-ignore: decorator
@inline
export const HAS_SIMD: bool = ASC_FEATURE_SIMD;
