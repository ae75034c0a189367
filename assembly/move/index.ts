/** Kernels of this family, by their ABI names. */
export { x8_copy } from "./copy";
export { x8_fill } from "./fill";
export { x8_gather } from "./gather";
export { x32_transpose, x8_transpose } from "./transpose";
export { x32_zip_x3, x8_zip_x3 } from "./zip";
