/** The ABI of every module: the executor, and the kernels that exist for each instruction set. The rest is in more.ts. */
export { execute, static_end } from "./program";
export * from "./conv/index";
export * from "./digest/index";
export * from "./elementwise/index";
export * from "./float/index";
export * from "./move/index";
export * from "./pack/index";
export * from "./pool/index";
export * from "./reduce/index";
export * from "./softmax/index";
