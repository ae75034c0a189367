/** Kernels of this family, by their ABI names. */
export { f32_softmax } from "./f32-softmax";
export { qs8_softmax } from "./qs8-softmax";
