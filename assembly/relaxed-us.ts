/** Kernels only the relaxed-us module has: activations are uint8, x86 with VNNI. */
export {
  convPatches as qs8_qc8w_conv_2x16c4,
  convRows as qs8_qc8w_conv_rows_2x16c4,
  gemv as qs8_qc8w_gemv_1x32c4,
} from "./conv/qs8-qc8w-conv-relaxed";
export { qs8_qc8w_dwconv_3x3s1c8r, qs8_qc8w_dwconv_3x3s2c8r } from "./depthwise/qs8-qc8w-dwconv-relaxed";
export { qd8_f32_qc8w_conv_4x8 as qd8_f32_qc8w_conv_4x8c4 } from "./dynamic/qd8-f32-qc8w-conv";
