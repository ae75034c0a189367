/** Kernels of this family, by their ABI names. */
export { f32_avgpool, f32_maxpool, qs16_avgpool, qs16_maxpool, qs8_avgpool, qs8_maxpool } from "./kernels";
