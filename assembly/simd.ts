/** Kernels only the simd module has. */
export { qs8_qc8w_conv_2x16c2, qs8_qc8w_conv_rows_2x16c2, qs8_qc8w_gemv_1x16c2 } from "./conv/qs8-qc8w-conv-simd";
export { qs8_qc8w_dwconv_3x3s1c8 } from "./depthwise/qs8-qc8w-dwconv-rows-simd";
export { qs8_qc8w_dwconv_3x3s2c8, qs8_qc8w_dwconv_c8 } from "./depthwise/qs8-qc8w-dwconv-simd";
export {
  qd8_f32_qc8w_conv_4x8 as qd8_f32_qc8w_conv_4x8c2,
  qd8_f32_qc8w_conv_4x8 as qs16_s32_qc8w_conv_4x8c2,
} from "./dynamic/qd8-f32-qc8w-conv";
export { f32_conv_4x8 } from "./float/conv-simd";
export { f32_gemv_1x16 } from "./float/gemv-simd";
