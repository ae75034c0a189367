import { EnvironmentError } from "../core/errors.js";
import { type Family, MODULES, type ModuleName } from "./kernel.js";
import { probeRelaxedDot, type RelaxedDot } from "./probe.js";

/** A module whose only function is `i8x16.splat(0)` and `drop`: it validates exactly where SIMD128 exists. */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0], //                magic, version
  ...[1, 4, 1, 96, 0, 0], //                          type: () -> ()
  ...[3, 2, 1, 0], //                                 function 0 has type 0
  ...[10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11], //     body: i32.const 0, i8x16.splat, drop, end
);

export interface ModuleChoice {
  readonly name: ModuleName;
  /** Why this one, in words for `info` and `inspect`. */
  readonly reason: string;
  /** The kernels to prefer, where the module has several exact ones. */
  readonly family?: Family | undefined;
}

const REASONS: Readonly<Record<RelaxedDot, string>> = {
  us: "the relaxed dot product is exact and reads activations as unsigned",
  ss: "the relaxed dot product is exact and signed",
  inexact: "SIMD128; the relaxed dot product of this engine and processor saturates or is wrong",
  missing: "SIMD128; the engine has no relaxed SIMD",
};

/**
 * Whether this is surely x86: only there does arithmetic make a NaN with the sign bit set (ARM and RISC-V make a positive one, and so
 * would an engine that normalizes NaN). JavaScript leaves the bits of a NaN open, so a "no" decides nothing that matters.
 */
export function isX86(): boolean {
  const numbers = new Float32Array([Infinity]);
  numbers[0]! -= numbers[0]!;
  return new Int32Array(numbers.buffer)[0]! < 0;
}

/** The best module this engine and processor run exactly, or the one that was asked for. */
export function chooseModule(forced?: string): ModuleChoice {
  if (typeof WebAssembly !== "object") {
    throw new EnvironmentError("no-wasm", "this engine has no WebAssembly; qbin needs it");
  }
  if (forced !== undefined && !MODULES.includes(forced as ModuleName)) {
    throw new EnvironmentError("no-module", `module "${forced}" does not exist; there are ${MODULES.join(", ")}`);
  }
  if (forced === "scalar") return { name: "scalar", reason: "asked for" };
  const hasSimd = WebAssembly.validate(SIMD_PROBE);
  const relaxed = hasSimd ? probeRelaxedDot() : "missing";
  const best: ModuleName = relaxed === "us" || relaxed === "ss" ? `relaxed-${relaxed}` : hasSimd ? "simd" : "scalar";
  if (forced === undefined)
    return { name: best, reason: hasSimd ? REASONS[relaxed] : "the engine does not validate SIMD128" };
  if (forced === best || (forced === "simd" && hasSimd)) return { name: forced as ModuleName, reason: "asked for" };
  throw new EnvironmentError(
    "no-module",
    `module "${forced}" was asked for, but this engine and processor run "${best}" at best: ` +
      (hasSimd ? REASONS[relaxed] : "no SIMD128"),
  );
}
