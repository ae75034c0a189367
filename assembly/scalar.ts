/** Kernels only the scalar module has. */
export { qs8_qc8w_dwconv_c1 } from "./depthwise/qs8-qc8w-dwconv";
export { qd8_f32_qc8w_conv_1x4c1, qd8_f32_qc8w_conv_1x4c1 as qs16_s32_qc8w_conv_1x4c1 } from "./dynamic/qd8-f32-qc8w-conv-scalar";
export { f32_conv_1x4 } from "./float/conv";
