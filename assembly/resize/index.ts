/** Kernels of this family, by their ABI names. */
export { f32_ibilinear, qs8_ibilinear, qu8_ibilinear } from "./kernels";
export { x8_inearest } from "./x8-inearest";
