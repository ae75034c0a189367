import type { Attributes, Numerics, Tensor } from "../core/model.js";
import type { StructLayout, StructValues } from "./struct.js";
import { writeStruct } from "./struct.js";

/**
 * The Wasm binaries, built from one source tree: no SIMD, SIMD128, and relaxed SIMD for machines whose 8-bit dot
 * product reads activations as unsigned (us: x86 with VNNI) or as signed (ss: ARM).
 */
export const MODULES = ["scalar", "simd", "relaxed-us", "relaxed-ss"] as const;
export type ModuleName = (typeof MODULES)[number];

/** A binary: a module, or the one with the kernels that fewer models need. */
export type BinaryName = ModuleName | "scalar-more" | "simd-more";

/** The binary that has more kernels for models on `module`. */
export function moreOf(module: ModuleName): BinaryName {
  return module === "scalar" ? "scalar-more" : "simd-more";
}

/** How a kernel multiplies: assembly/lanes/dot.ts has the first two, assembly/gemm/qs8-qc8w-gemm-extmul.ts the third. */
export type Family = "relaxed" | "dot16" | "extmul";

/** One node, seen by the facet that prepares it. */
export interface PrepareCall<A = Attributes> {
  /** `inputs[i]` is undefined where an optional input is absent. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  readonly attributes: A;
  readonly numerics: Numerics;
  readonly module: ModuleName;
  /** The family that is the fastest here, where the module does not already say it. */
  readonly family?: Family | undefined;
}

/** Where the planner put things: byte addresses in linear memory. */
export interface Addresses {
  input(i: number): number;
  output(i: number): number;
  /** Address of `constants[i]` of this node's plan, 64-byte aligned. */
  constant(i: number): number;
  /** This node's scratch, of each thread its own, 64-byte aligned. */
  readonly scratch: number;
  /** The `sharedBytes` of this node, 64-byte aligned. */
  readonly shared: number;
}

/** One kernel call: tiles [0, tiles) of its output. */
export interface Step {
  readonly kernel: string;
  readonly args: Int32Array;
  readonly tiles: number;
  /** Multiply-accumulates, in nodes of several steps of which not all have the node's. */
  readonly macs?: number;
}

/** A constant that a kernel packs at load, straight into its place in linear memory. */
export interface PackedConstant {
  readonly byteLength: number;
  /** Bytes that `write` wants to lay out for the kernel at a time. */
  readonly stagingBytes: number;
  /** Fills the `byteLength` bytes at `address`, which are zero. */
  write(address: number, packer: Packer): void;
}

export interface Packer {
  /** All of linear memory. */
  readonly memory: Uint8Array;
  /** Where what a kernel packs may be put. */
  readonly staging: number;
  run(kernel: string, args: Int32Array, tiles: number): void;
}

/**
 * What one node needs and does. Pure: sizes first, addresses later, so that planning runs without Wasm.
 */
export interface NodePlan {
  /** Packed weights and tables, put into linear memory at load. */
  readonly constants?: readonly (Uint8Array | PackedConstant)[];
  readonly scratchBytes?: number;
  /** Of memory that carries data from one step to the next: all threads have the same, while each has its own scratch. */
  readonly sharedBytes?: number;
  /**
   * Inputs whose memory output 0 may take over, because the kernel reads an element before it writes it, and at the same
   * place: tiles that run elsewhere at that time are not touched.
   */
  readonly inPlace?: readonly number[];
  /** The input output 0 is byte for byte equal to: the planner may give both one address and leave the steps out. */
  readonly alias?: number;
  /** Byte offsets in output 0 at which the inputs lie there, each in one piece: put there, they need no steps. */
  readonly inputsInOutput?: readonly number[];
  /** The same of the outputs in input 0. */
  readonly outputsInInput?: readonly number[];
  steps(at: Addresses): readonly Step[];
}

export type Prepare<A = Attributes> = (call: PrepareCall<A>) => NodePlan;

/** A step with its arguments written as the Wasm struct `layout`. */
export function step<L extends StructLayout>(kernel: string, layout: L, values: StructValues<L>, tiles: number): Step {
  return { kernel, args: writeStruct(layout, values), tiles };
}
