import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { selfTest } from "../../host/runtime/self-test.js";

const bytes = readFileSync(new URL("../../dist/wasm/simd.wasm", import.meta.url));

/** `bytes` with every `from` replaced. Instruction bytes may also occur elsewhere; a module that is none is refused. */
function patch(from: readonly number[], to: readonly number[]): Uint8Array<ArrayBuffer> {
  const patched = new Uint8Array(bytes);
  for (let at = 0; at + from.length <= patched.length; at++)
    if (from.every((byte, i) => patched[at + i] === byte)) patched.set(to, at);
  return patched;
}

test("passes what is right", async () => {
  expect(await selfTest("simd", new WebAssembly.Module(bytes), false)).toBeUndefined();
});

test("names a kernel whose products are wrong", async () => {
  // i32x4.dot_i16x8_s becomes i32x4.mul.
  const module = new WebAssembly.Module(patch([0xfd, 0xba, 0x01], [0xfd, 0xb5, 0x01]));
  expect(await selfTest("simd", module, false)).toMatch(/^qs8_qc8w_/);
});

test("names a kernel whose sums saturate", async () => {
  // i32x4.add becomes i16x8.add_sat_s: sums of this depth do not fit.
  const module = new WebAssembly.Module(patch([0xfd, 0xae, 0x01], [0xfd, 0x8f, 0x01]));
  expect(await selfTest("simd", module, false)).toMatch(/^qs8_qc8w_/);
});
