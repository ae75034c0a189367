import { decodeBase64 } from "../core/base64.js";
import type { Family } from "./kernel.js";

/**
 * A function "r" that repeats four chains of relaxed dot products, and "e" that does the same work as kernels of family
 * "extmul" do. From this text, with $a and its lines four times:
 *
 *   (func (export "r") (param i32) (result i32) (local $x v128) (local $a v128)
 *     (local.set $x (i32x4.splat (local.get 0)))
 *     (loop $l (local.set $a (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $a) (local.get $x) (local.get $a)))
 *       (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
 *     (i32x4.extract_lane 0 (local.get $a)))
 *   in "e":  (i32x4.add (local.get $a) (i32x4.extadd_pairwise_i16x8_s (i16x8.add
 *     (i16x8.extmul_low_i8x16_s (local.get $a) (local.get $x)) (i16x8.extmul_high_i8x16_s (local.get $a) (local.get $x)))))
 */
const LOOPS =
  "AGFzbQEAAAABBgFgAX8BfwMDAgAABwkCAXIAAAFlAAEK7AECVgEFeyAA/REhAQNAIAIgASAC/ZMCIQIgAyABIAP9kwIhAyAEIAEgBP2TAiEEIAUg" +
  "ASAF/ZMCIQUgAEEBayIADQALIAIgA/2uASAE/a4BIAX9rgH9GwALkgEBBXsgAP0RIQEDQCACIAIgAf2cASACIAH9nQH9jgH9fv2uASECIAMgAyAB" +
  "/ZwBIAMgAf2dAf2OAf1+/a4BIQMgBCAEIAH9nAEgBCAB/Z0B/Y4B/X79rgEhBCAFIAUgAf2cASAFIAH9nQH9jgH9fv2uASEFIABBAWsiAA0ACyAC" +
  "IAP9rgEgBP2uASAF/a4B/RsACw==";

const ITERATIONS = 10_000;
const ROUNDS = 6;
/** By the latencies of ARM cores a third with a dot product instruction and nine tenths without, in any tier of code. */
const MAX_RATIO = 0.6;

/** What times of the two mean, in ms; a clock that stands still says nothing, and most ARM processors have the instruction. */
export function judge(relaxed: number, extmul: number): Family {
  return relaxed > MAX_RATIO * extmul && extmul > 0 ? "extmul" : "relaxed";
}

/**
 * Whether relaxed dot products of signed bytes are one instruction on this processor or four: their results are the same,
 * and where they are four, "extmul" kernels need fewer. Takes a millisecond.
 */
export function measureRelaxedDot(): { readonly family: Family; readonly text: string } {
  const { r, e } = new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(LOOPS))).exports as {
    r: (iterations: number) => number;
    e: (iterations: number) => number;
  };
  let relaxed = Number.POSITIVE_INFINITY;
  let extmul = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    relaxed = Math.min(relaxed, time(r));
    extmul = Math.min(extmul, time(e));
  }
  const microseconds = (ms: number) => `${Math.round(ms * 1000)} µs`;
  return {
    family: judge(relaxed, extmul),
    text: `relaxed dot products took ${microseconds(relaxed)}, the same with extmul ${microseconds(extmul)}`,
  };
}

function time(run: (iterations: number) => number): number {
  const begin = performance.now();
  run(ITERATIONS);
  return performance.now() - begin;
}
