/** Kernels of this family, by their ABI names. They run at load, outside the program. */
export { x8_packw } from "./x8-packw";
export { x8_packw_dw } from "./x8-packw-dw";
