import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import loadWabt from "wabt";
import { importShared } from "../../host/wasm/compile-shared.js";
import { MODULES } from "../../host/wasm/kernel.js";
import { controlBytes, type TeamExports } from "../../host/wasm/team.js";
import { root } from "../../scripts/project.mjs";

const read = (name: string) => new Uint8Array(readFileSync(join(root, `dist/wasm/${name}.wasm`)));
const sharedMemory = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });

describe("the threads module", () => {
  let functions: string[];
  let text: string;
  beforeAll(async () => {
    const wabt = await loadWabt();
    text = wabt.readWasm(read("threads"), { threads: true }).toText({});
    functions = text.split(/\n(?= {2}\(func )/).filter((part) => part.startsWith("  (func "));
  });

  test("imports a shared memory and the function table, nothing else", () => {
    expect([...text.matchAll(/\(import "env" "(\w+)"/g)].map(([, name]) => name)).toEqual(["memory", "table"]);
    expect(text).toMatch(/\(memory \(;0;\) 1 65536 shared\)/);
  });

  test("control_bytes is what the host reserves", () => {
    const table = new WebAssembly.Table({ initial: 1, element: "anyfunc" });
    const module = new WebAssembly.Module(read("threads"));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: sharedMemory(), table } });
    for (const threads of [1, 2, 64])
      expect((exports as unknown as TeamExports).control_bytes(threads)).toBe(controlBytes(threads));
  });

  // V8 11.3 overwrites the last local of a function that waits: it must be one that has nothing to lose.
  test("waits in a function that does nothing else", () => {
    const waiting = functions.filter((body) => body.includes("memory.atomic.wait"));
    expect(waiting).toHaveLength(1);
    expect(waiting[0]).not.toMatch(/\(local |local\.(set|tee)|\(call /);
  });
});

describe.each(MODULES)("module %s for shared memory", (name) => {
  test("is the same but for one byte, which makes it import a shared memory", () => {
    const before = read(name);
    const after = before.slice();
    importShared(after);
    expect(after.filter((byte, i) => byte !== before[i])).toEqual(Uint8Array.of(3));
  });

  test("has no atomics: whoever has no threads needs none", async () => {
    const wabt = await loadWabt();
    const text = wabt.readWasm(read(name), { simd: true, relaxed_simd: true }).toText({});
    expect(text).not.toMatch(/atomic/);
    expect(text).toMatch(/\(memory \(;0;\) 1 65536\)/);
  });
});

test("an engine takes the changed module with a shared memory, and with no other", () => {
  const bytes = read("simd");
  const table = new WebAssembly.Table({ initial: 1, element: "anyfunc" });
  const link = (memory: WebAssembly.Memory) =>
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, table } });
  const plain = () => new WebAssembly.Memory({ initial: 1, maximum: 1 });
  expect(link(plain()).exports).toHaveProperty("execute");
  importShared(bytes);
  expect(link(sharedMemory()).exports).toHaveProperty("execute");
  expect(() => link(plain())).toThrow(/shared/);
});
