/** Kernels of this family, by their ABI names. */
export { f32_mean } from "./f32-mean";
export { qs8_mean, qs8_mean_tflite } from "./qs8-mean";
export { qs8_rsum } from "./qs8-rsum";
