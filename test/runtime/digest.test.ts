import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { DIGEST_OFFSET, LENGTHS_OFFSET } from "../../host/format/layout.js";
import { writeQbin } from "../../host/format/write.js";
import { load } from "../../host/index.js";
import { verifyInWasm } from "../../host/runtime/digest.js";
import { instantiate } from "../../host/wasm/instantiate.js";
import { MODULES } from "../../host/wasm/kernel.js";
import { tinyModel } from "../format/models.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** `length` bytes after a digest that is theirs, as a file has it; the rest of the head is not looked at. */
function fileOf(length: number): Uint8Array {
  const file = new Uint8Array(LENGTHS_OFFSET + length).map((_, i) => (i * 31 + length) & 255);
  file.set(createHash("sha256").update(file.subarray(LENGTHS_OFFSET)).digest(), DIGEST_OFFSET);
  return file;
}

for (const name of MODULES.filter((name) => !name.startsWith("relaxed"))) {
  const module = new WebAssembly.Module(readFileSync(new URL(`../../dist/wasm/${name}.wasm`, import.meta.url)));

  test(`${name}: every length around the block size, and pieces of any number, have their SHA-256`, () => {
    const instance = instantiate([module], 65536);
    for (const length of [...Array(140).keys(), 61_311, 61_312, 200_003]) {
      const file = fileOf(length);
      const at = 4096 + 64 * (length % 3);
      expect(verifyInWasm(instance, file, at)).toBeLessThanOrEqual(65536);
      for (const position of [DIGEST_OFFSET, LENGTHS_OFFSET - 1, LENGTHS_OFFSET, file.length - 1]) {
        if (position >= file.length) continue;
        file[position]! ^= 1;
        expect(() => verifyInWasm(instance, file, at)).toThrow("[R7]");
        file[position]! ^= 1;
      }
    }
  });
}

test("load refuses a damaged file, small or large, with and without crypto.subtle, and runs a sound one from zeros", async () => {
  const sound = writeQbin(tinyModel());
  const damaged = sound.slice();
  damaged[damaged.length - 1]! ^= 1;
  for (const crypto of [globalThis.crypto, undefined]) {
    vi.stubGlobal("crypto", crypto);
    await expect(load(damaged)).rejects.toThrow("[R7]");
    const model = await load(sound);
    for (const { data } of model.inputs.map(({ name }) => model.input(name)))
      expect([...data].map(Number)).toEqual(Array(data.length).fill(0));
    model.run();
    model.dispose();
  }
});
