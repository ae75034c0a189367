/** Kernels only the scalar module has. */
export { qs8_qc8w_dwconv_c1 } from "./depthwise/qs8-qc8w-dwconv";
export { f32_conv_1x4 } from "./float/conv";
