/** Kernels of this family that every module has. */
export { f32_bmm } from "./bmm";
export { f32_dwconv } from "./dwconv";
