/** Kernels of this family that every module has. */
export { f32_qd8_params } from "./f32-qd8-params";
export { f32_qd8_rows } from "./f32-qd8-rows";
export { qd8_f32_qc8w_dwconv } from "./qd8-f32-qc8w-dwconv";
