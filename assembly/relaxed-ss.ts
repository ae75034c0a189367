/** Kernels only the relaxed-ss module has: activations are int8, ARM with dotprod. */
export {
  convPatches as qs8_qc8w_conv_4x16c4,
  convRows as qs8_qc8w_conv_rows_4x16c4,
  gemv as qs8_qc8w_gemv_1x16c4,
} from "./conv/qs8-qc8w-conv-relaxed";
export { qd8_f32_qc8w_conv_4x8 as qd8_f32_qc8w_conv_4x8c4 } from "./dynamic/qd8-f32-qc8w-conv";
