/** What pays only where 8-bit products have no instruction: the simd module alone, on x86. */
export { qs8_qc8w_conv_3x3w_2x16c2 } from "./conv/qs8-qc8w-conv-winograd";
export { x8_packw_3x3w } from "./pack/x8-packw-3x3w";
