import { EnvironmentError } from "../core/errors.js";
import { MODULES, type ModuleName } from "./kernel.js";

/** A module whose only function is `i8x16.splat(0)` and `drop`: it validates exactly where SIMD128 exists. */
const SIMD_PROBE = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0, // magic, version
  1,
  4,
  1,
  96,
  0,
  0, //           type: () -> ()
  3,
  2,
  1,
  0, //                  function 0 has type 0
  10,
  9,
  1,
  7,
  0,
  65,
  0,
  253,
  15,
  26,
  11, // body: i32.const 0, i8x16.splat, drop, end
);

export interface ModuleChoice {
  readonly name: ModuleName;
  /** Why this one, in words for `info` and `inspect`. */
  readonly reason: string;
}

/** The best module this engine validates, or the one that was asked for. */
export function chooseModule(forced?: string): ModuleChoice {
  if (typeof WebAssembly !== "object") {
    throw new EnvironmentError("no-wasm", "this engine has no WebAssembly; qbin needs it");
  }
  const simd = WebAssembly.validate(SIMD_PROBE);
  if (forced === undefined) {
    return simd
      ? { name: "simd", reason: "the engine validates SIMD128" }
      : { name: "scalar", reason: "the engine does not validate SIMD128" };
  }
  if (!MODULES.includes(forced as ModuleName)) {
    throw new EnvironmentError("no-module", `module "${forced}" does not exist; there are ${MODULES.join(", ")}`);
  }
  if (forced === "simd" && !simd) {
    throw new EnvironmentError("no-simd", 'module "simd" was asked for, but this engine does not validate SIMD128');
  }
  return { name: forced as ModuleName, reason: "asked for" };
}
