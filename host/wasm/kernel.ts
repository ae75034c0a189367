import type { Attributes, Numerics, Tensor } from "../core/model.js";
import type { StructLayout, StructValues } from "./struct.js";
import { writeStruct } from "./struct.js";

/**
 * The Wasm binaries, built from one source tree: no SIMD, SIMD128, and relaxed SIMD for machines whose 8-bit dot
 * product reads activations as unsigned (us: x86 with VNNI) or as signed (ss: ARM).
 */
export const MODULES = ["scalar", "simd", "relaxed-us", "relaxed-ss"] as const;
export type ModuleName = (typeof MODULES)[number];

/** One node, seen by the facet that prepares it. */
export interface PrepareCall<A = Attributes> {
  /** `inputs[i]` is undefined where an optional input is absent. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  readonly attributes: A;
  readonly numerics: Numerics;
  readonly module: ModuleName;
}

/** Where the planner put things: byte addresses in linear memory. */
export interface Addresses {
  input(i: number): number;
  output(i: number): number;
  /** Address of `constants[i]` of this node's plan, 64-byte aligned. */
  constant(i: number): number;
  /** This node's scratch, 64-byte aligned. */
  readonly scratch: number;
}

/** One kernel call: tiles [0, tiles) of its output. */
export interface Step {
  readonly kernel: string;
  readonly args: Int32Array;
  readonly tiles: number;
}

/**
 * What one node needs and does. Pure: sizes first, addresses later, so that planning runs without Wasm.
 */
export interface NodePlan {
  /** Packed weights and tables, copied into linear memory at load. */
  readonly constants?: readonly Uint8Array[];
  readonly scratchBytes?: number;
  /** Inputs whose memory output 0 may take over, because the kernel reads an element before it writes it. */
  readonly inPlace?: readonly number[];
  /** The input output 0 is byte for byte equal to: the planner may give both one address and leave the steps out. */
  readonly alias?: number;
  steps(at: Addresses): readonly Step[];
}

export type Prepare<A = Attributes> = (call: PrepareCall<A>) => NodePlan;

/** A step with its arguments written as the Wasm struct `layout`. */
export function step<L extends StructLayout>(kernel: string, layout: L, values: StructValues<L>, tiles: number): Step {
  return { kernel, args: writeStruct(layout, values), tiles };
}
