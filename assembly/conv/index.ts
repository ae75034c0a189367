/** Kernels of this family that every module has: without vectors, and with the rounding of TFLite's built-in kernels. */
export { qs8_qc8w_conv_1x4c1 } from "./qs8-qc8w-conv";
