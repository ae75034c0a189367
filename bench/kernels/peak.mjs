/**
 * What this machine can do at all: loops of nothing but the instruction that does the work, on registers, written as WebAssembly
 * text and run by the same engine in the same run as the kernels.
 *
 * Every step feeds its accumulator back into the multiplication: a compiler may move a product out of the loop whose operands
 * never change, and merge equal ones. Accumulators hide the latency; with two operands and a product they just fit
 * the 16 vector registers of x86.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/project.mjs";

const ACCUMULATORS = 12;

/** Per kind of module: type of a register, how to make one from a number, and acc ← a step, with its multiply-accumulates. */
export const PEAKS = {
  scalar: {
    int8: { type: "i32", macs: 1, step: (a) => `(i32.add (local.get $y) (i32.mul ${a} (local.get $x)))` },
    float32: { type: "f32", macs: 1, step: (a) => `(f32.add (local.get $y) (f32.mul ${a} (local.get $x)))` },
  },
  simd: {
    int8: { type: "v128", macs: 8, step: (a) => `(i32x4.add ${a} (i32x4.dot_i16x8_s ${a} (local.get $x)))` },
    float32: { type: "v128", macs: 4, step: (a) => `(f32x4.add (local.get $y) (f32x4.mul ${a} (local.get $x)))` },
  },
  relaxed: {
    int8: {
      type: "v128",
      macs: 16,
      step: (a) => `(i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $x) (local.get $y) ${a})`,
    },
    float32: { type: "v128", macs: 4, step: (a) => `(f32x4.relaxed_madd ${a} (local.get $x) (local.get $y))` },
  },
};

/** Multiply-accumulates of one call of `peak(n)`. */
export const peakMacs = ({ macs }, n) => macs * ACCUMULATORS * n;

/** Writes build/bench/kernels/peak-<kind>-<dtype>.wasm, each with a memory and a function `peak(n)`. */
export async function writePeaks() {
  const { default: createWabt } = await import("wabt");
  const wabt = await createWabt();
  const folder = join(root, "build/bench/kernels");
  mkdirSync(folder, { recursive: true });
  for (const [kind, dtypes] of Object.entries(PEAKS)) {
    for (const [dtype, loop] of Object.entries(dtypes)) {
      const name = `peak-${kind}-${dtype}`;
      const module = wabt.parseWat(`${name}.wat`, text(loop), { simd: true, relaxed_simd: true });
      writeFileSync(join(folder, `${name}.wasm`), module.toBinary({}).buffer);
      module.destroy();
    }
  }
}

/** Operands are loaded, so that no compiler knows them; sums are stored, so that no compiler drops them. */
function text({ type, step }) {
  const accumulators = Array.from({ length: ACCUMULATORS }, (_, i) => `$a${i}`);
  const lines = (line) => accumulators.map(line).join("\n      ");
  return `(module
  (memory (export "memory") 1)
  (func (export "peak") (param $n i32)
    (local $x ${type}) (local $y ${type}) ${accumulators.map((a) => `(local ${a} ${type})`).join(" ")}
    (local.set $x (${type}.load (i32.const 0)))
    (local.set $y (${type}.load (i32.const 16)))
    (loop $again
      ${lines((a) => `(local.set ${a} ${step(`(local.get ${a})`)})`)}
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    ${lines((a, i) => `(${type}.store (i32.const ${32 + 16 * i}) (local.get ${a}))`)}))`;
}
