/** Kernels of this family that every module has. */
export { f32_dwconv } from "./dwconv";
export { f32_qc8w_unpack } from "./unpack";
