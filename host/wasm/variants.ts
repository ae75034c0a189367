import { MODULES, type ModuleName } from "./kernel.js";

/**
 * One exported kernel. Packing, selection, tests and benches read these rows; a test compares them with the exports
 * of the modules. mr × nr is the register tile (rows × output channels), kr the depth values consumed together.
 */
export interface Variant {
  readonly kernel: string;
  readonly modules: readonly ModuleName[];
  readonly mr?: number;
  readonly nr?: number;
  readonly kr?: number;
}

const everywhere = (...kernels: string[]): Variant[] => kernels.map((kernel) => ({ kernel, modules: MODULES }));

/** Kernels without tiles of their own: one source, the same bits, vectorized where the module allows. */
export const ELEMENTWISE: readonly Variant[] = everywhere();
export const MOVE: readonly Variant[] = everywhere();
export const POOL: readonly Variant[] = everywhere();
export const REDUCE: readonly Variant[] = everywhere();
export const RESIZE: readonly Variant[] = everywhere();
export const SOFTMAX: readonly Variant[] = everywhere();

export const VARIANTS: readonly Variant[] = [...ELEMENTWISE, ...MOVE, ...POOL, ...REDUCE, ...RESIZE, ...SOFTMAX];
