/** The simd-more module as base64 text; written by scripts/build.mjs. */
declare const base64: string;
export default base64;
