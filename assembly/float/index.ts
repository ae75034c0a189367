/** Kernels of this family that every module has. */
export { f32_bmm } from "./bmm";
export { f32_dwconv } from "./dwconv";
export { f32_f16w_unpack, f32_qb4w_unpack, f32_qc8w_unpack } from "./unpack";
