/** Kernels of this family, by their ABI names. */
export { f32_qs8_vcvt } from "./f32-qs8-vcvt";
export { f32_qs8_vcvt_tflite } from "./f32-qs8-vcvt-tflite";
export { f32_vadd } from "./f32-vadd";
export { f32_vclamp } from "./f32-vclamp";
export { qs8_f32_vcvt } from "./qs8-f32-vcvt";
export { qs8_vadd } from "./qs8-vadd";
export { qs8_vadd_tflite } from "./qs8-vadd-tflite";
export { qs8_vlrelu } from "./qs8-vlrelu";
export { s8_vclamp } from "./s8-vclamp";
export { x8_lut } from "./x8-lut";
