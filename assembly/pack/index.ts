/** Kernels of this family, by their ABI names. They run at load, outside the program. */
export { x8_packw } from "./x8-packw";
