/** Kernels only the relaxed modules have, besides all of the simd module's. */
export { qs8_qc8w_conv_2x16c4, qs8_qc8w_conv_rows_2x16c4, qs8_qc8w_gemv_1x32c4 } from "./conv/qs8-qc8w-conv-relaxed";
export { qs8_qc8w_dwconv_3x3s1c8r, qs8_qc8w_dwconv_3x3s2c8r } from "./depthwise/qs8-qc8w-dwconv-relaxed";
