/** Kernels of this family, by their ABI names. */
export { x8_copy } from "./copy";
export { x8_fill } from "./fill";
