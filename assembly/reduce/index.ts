/** Kernels of this family, by their ABI names. */
export { f32_argmax, qs8_argmax } from "./argmax";
export { f32_lrn } from "./f32-lrn";
export { f32_mean } from "./f32-mean";
export { f32_reduce } from "./f32-reduce";
export { qs8_mean, qs8_mean_tflite } from "./qs8-mean";
export { qs8_rsum } from "./qs8-rsum";
