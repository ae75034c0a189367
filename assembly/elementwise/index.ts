/** Kernels of this family, by their ABI names. */
export { f32_qs8_vcvt } from "./f32-qs8-vcvt";
export { f32_qs8_vcvt_tflite } from "./f32-qs8-vcvt-tflite";
export { f32_vadd } from "./f32-vadd";
export { f32_vclamp } from "./f32-vclamp";
export { f32_vhswish } from "./f32-vhswish";
export { f32_vlrelu } from "./f32-vlrelu";
export { f32_vmul } from "./f32-vmul";
export { f32_vsigmoid } from "./f32-vsigmoid";
export { f32_vtanh } from "./f32-vtanh";
export { qs8_f32_vcvt } from "./qs8-f32-vcvt";
export { qs8_vadd } from "./qs8-vadd";
export { qs8_vadd_tflite } from "./qs8-vadd-tflite";
export { qs8_vlrelu } from "./qs8-vlrelu";
export { qs8_vmul } from "./qs8-vmul";
export { qs8_vmul_tflite } from "./qs8-vmul-tflite";
export { s8_vclamp } from "./s8-vclamp";
export { x8_lut } from "./x8-lut";
