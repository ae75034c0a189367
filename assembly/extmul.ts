/** Kernels for machines with 32 vector registers, in every module that may run there: simd and relaxed-ss. */
export { qs8_qc8w_conv_3x8c16, qs8_qc8w_conv_rows_3x8c16, qs8_qc8w_gemv_1x8c16 } from "./conv/qs8-qc8w-conv-extmul";
export { qs8_qc8w_dwconv_3x3c16 } from "./depthwise/qs8-qc8w-dwconv-extmul";
