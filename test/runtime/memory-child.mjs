/**
 * Started with --expose-gc by memory.test.ts, one scenario a process: `node --expose-gc memory-child.mjs NAME model.qbin`.
 * Prints what it measured as JSON.
 */
import { readFileSync } from "node:fs";
import { load } from "../../dist/index.js";

const [scenario, path] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(path));

const SCENARIOS = {
  /** 100,000 runs of one model: the JavaScript heap and the linear memory before and after, nothing collected between. */
  async run() {
    const model = await load(bytes);
    const linear = new WeakRef(model.input().data.buffer);
    const measure = (runs) => {
      const before = usage();
      for (let i = 0; i < runs; i++) model.run();
      return { before, after: usage(), linearBytes: linear.deref().byteLength };
    };
    // The compiler and the measurement itself allocate while they are new, and the heap takes a page after collecting.
    settle();
    for (let i = 0; i < 3; i++) measure(30_000);
    const measured = measure(100_000);
    const isSameMemory = model.input().data.buffer === linear.deref() && model.output().data.byteLength > 0;
    model.dispose();
    await new Promise((done) => setTimeout(done, 10)); // a WeakRef holds on until the next turn
    settle();
    return { ...measured, stated: model.info.memory.total, isSameMemory, isFreed: linear.deref() === undefined };
  },

  /** Loads and disposes; nothing may pile up. */
  async reload() {
    const cycle = async (count) => {
      for (let i = 0; i < count; i++) {
        const model = await load(bytes);
        model.run();
        model.dispose();
      }
      settle();
      return usage();
    };
    // The compiler and the allocator settle after some hundred loads.
    await cycle(500);
    return { before: await cycle(100), after: await cycle(200) };
  },

  /** Files that are refused: at the start, in the header, at the checksum. */
  async refuse() {
    const broken = [
      bytes.subarray(0, 10),
      bytes.subarray(0, bytes.length - 1),
      edited(60, 0x20),
      edited(bytes.length - 1, 1),
    ];
    const codes = new Set();
    const cycle = async (count) => {
      for (let i = 0; i < count; i++) {
        const error = await load(broken[i % broken.length]).then(
          () => undefined,
          (reason) => reason,
        );
        codes.add(error?.name ?? "no error");
      }
      settle();
      return usage();
    };
    await cycle(1200);
    const before = await cycle(400);
    return { before, after: await cycle(800), codes: [...codes] };
  },
};

console.log(JSON.stringify(await SCENARIOS[scenario]()));

function edited(at, flip) {
  const copy = bytes.slice();
  copy[at] ^= flip;
  return copy;
}

function settle() {
  for (let i = 0; i < 4; i++) globalThis.gc();
}

function usage() {
  const { heapUsed, rss, external, arrayBuffers } = process.memoryUsage();
  return { heapUsed, rss, external, arrayBuffers };
}
