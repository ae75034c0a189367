/**
 * Kernels that ordinary convolutional networks do not need. A module of their own, which shares memory and function table
 * with the one that has the rest, and is loaded for models that need it. Nothing here depends on relaxed SIMD, so one
 * build with SIMD and one without serve all.
 */
export { static_end } from "./program";
export { qs8_qc8w_conv_2x8c2_once, qs8_qc8w_conv_2x8c2_twice } from "./conv/qs8-qc8w-conv-fixed";
export { f32_qd8_params } from "./dynamic/f32-qd8-params";
export { f32_qd8_rows, qs8_rows } from "./dynamic/f32-qd8-rows";
export { qd8_f32_qc8w_dwconv, qd8_f32_qc8w_dwconv as qs16_s32_qc8w_dwconv } from "./dynamic/qd8-f32-qc8w-dwconv";
export { qs16_vbinary } from "./elementwise/qs16-vbinary";
export { qs16_vcvt } from "./elementwise/qs16-vcvt";
export { s32_qs16_vcvt } from "./elementwise/s32-qs16-vcvt";
export { f32_qs8_vcvt_onnx } from "./elementwise/f32-qs8-vcvt-onnx";
export { f32_qs8_vcvt_reference } from "./elementwise/f32-qs8-vcvt-reference";
export { f32_vbinary } from "./elementwise/f32-vbinary";
export { f32_vhswish } from "./elementwise/f32-vhswish";
export { f32_vlrelu } from "./elementwise/f32-vlrelu";
export { f32_vmath } from "./elementwise/f32-vmath";
export { f32_vmul } from "./elementwise/f32-vmul";
export { f32_vunary } from "./elementwise/f32-vunary";
export { qs8_vbinary } from "./elementwise/qs8-vbinary";
export { qs8_vadd_onnx, qs8_vmul_onnx } from "./elementwise/qs8-vbinary-onnx";
export { qs8_vmul } from "./elementwise/qs8-vmul";
export { qs8_vmul_tflite } from "./elementwise/qs8-vmul-tflite";
export { vcast } from "./elementwise/vcast";
export { f32_bmm } from "./float/bmm";
export { f32_f16w_unpack, f32_qb4w_unpack } from "./float/unpack";
export { qs8_bmm, qs8_s16_rows } from "./gemm/qs8-bmm";
export { qs8_gemm_reference } from "./gemm/qs8-gemm-reference";
export { x8_gather } from "./move/gather";
export { x32_transpose, x8_transpose } from "./move/transpose";
export { x32_zip_x3, x8_zip_x3 } from "./move/zip";
export { f32_argmax, qs8_argmax } from "./reduce/argmax";
export { f32_lrn } from "./reduce/f32-lrn";
export { f32_reduce } from "./reduce/f32-reduce";
export { f32_ibilinear, qs8_ibilinear, qu8_ibilinear, qu8_ibilinear_reference } from "./resize/kernels";
export { x8_inearest } from "./resize/x8-inearest";
export { qs8_softmax_onnx } from "./softmax/qs8-softmax-onnx";
export { qs8_softmax_fixed } from "./softmax/qs8-softmax-fixed";
