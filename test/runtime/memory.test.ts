import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/project.mjs";

interface Usage {
  readonly heapUsed: number;
  readonly rss: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

const KB = 1024;
const MB = 1024 * KB;

/** A process of its own: a test runner's heap moves by itself. */
function measure<T>(scenario: string): T {
  const child = join(root, "test/runtime/memory-child.mjs");
  const args = ["--expose-gc", child, scenario, join(root, "examples/digits/digits.qbin")];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

function growth({ before, after }: { before: Usage; after: Usage }): Usage {
  return {
    heapUsed: after.heapUsed - before.heapUsed,
    rss: after.rss - before.rss,
    external: after.external - before.external,
    arrayBuffers: after.arrayBuffers - before.arrayBuffers,
  };
}

describe("load, 100,000 runs, unload", () => {
  interface Run {
    readonly before: Usage;
    readonly after: Usage;
    readonly linearBytes: number;
    readonly stated: number;
    readonly isSameMemory: boolean;
    readonly isFreed: boolean;
  }
  let result: Run;
  beforeAll(() => {
    result = measure("run");
  });

  // The smallest object has 12 bytes: one a run would be 1.2 MB.
  test("run allocates nothing", () => {
    expect(growth(result).heapUsed).toBeLessThan(16 * KB);
    expect(growth(result).external).toBeLessThan(16 * KB);
    expect(growth(result).rss).toBeLessThan(2 * MB);
  });

  test("linear memory has the size that info states, and never grows", () => {
    expect(result.linearBytes).toBe(result.stated);
    expect(result.isSameMemory).toBe(true);
  });

  test("dispose lets go of the memory, though the model is still held", () => expect(result.isFreed).toBe(true));
});

test("200 loads and disposals leave nothing behind", () => {
  const grown = growth(measure("reload"));
  // What one model keeps in JavaScript objects is well above 10 KB.
  expect(grown.heapUsed).toBeLessThan(1 * MB);
  expect(grown.arrayBuffers).toBeLessThan(64 * KB);
  // 200 linear memories of 64 KiB would be 12.5 MiB.
  expect(grown.rss).toBeLessThan(9 * MB);
});

test("800 refused files leave nothing behind", () => {
  const result = measure<{ before: Usage; after: Usage; codes: string[] }>("refuse");
  expect(result.codes).toEqual(["QbinFormatError"]);
  expect(growth(result).heapUsed).toBeLessThan(1 * MB);
  expect(growth(result).arrayBuffers).toBeLessThan(512 * KB);
  // 800 copies of the file would be 20 MiB.
  expect(growth(result).rss).toBeLessThan(14 * MB);
});
