/** Kernels of this family, by their ABI names. They run at load, outside the program. */
export { x8_sha256 } from "./x8-sha256";
