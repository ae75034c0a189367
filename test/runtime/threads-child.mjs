/**
 * Started with --expose-gc by threads.test.ts, one scenario a process: `node --expose-gc threads-child.mjs NAME model.qbin`.
 * Prints what it measured as JSON, and ends by itself or hangs.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { load } from "../../dist/index.js";

const [scenario, path] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(path));

const SCENARIOS = {
  /** 10,000 runs on two threads, then dispose. */
  async run() {
    const idle = threadsOfProcess();
    const model = await load(bytes, { threads: 2 });
    const busy = threadsOfProcess();
    const measure = (runs) => {
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < runs; i++) model.run();
      return process.memoryUsage().heapUsed - before;
    };
    for (let i = 0; i < 4; i++) globalThis.gc();
    for (let i = 0; i < 3; i++) measure(2000);
    const grown = measure(10_000);
    const { threads } = model.info;
    model.dispose();
    await new Promise((done) => setTimeout(done, 500));
    return { threads, grown, idle, busy, after: threadsOfProcess() };
  },

  /** Nobody disposes of the model. */
  async forget() {
    const model = await load(bytes, { threads: 2 });
    model.run();
    return { threads: model.info.threads };
  },

  /** Nobody disposes of the models, and nobody has them any more. */
  async lose() {
    const idle = threadsOfProcess();
    const busy = await (async () => {
      for (let i = 0; i < 3; i++) (await load(bytes, { threads: 2 })).run();
      return threadsOfProcess();
    })();
    for (let i = 0; i < 50 && threadsOfProcess() > idle; i++) {
      await new Promise((done) => setTimeout(done, 50));
      globalThis.gc();
    }
    return { idle, busy, after: threadsOfProcess() };
  },

  /** 30 loads and disposals. */
  async reload() {
    const cycle = async (count) => {
      for (let i = 0; i < count; i++) {
        const model = await load(bytes, { threads: 2 });
        model.run();
        model.dispose();
      }
      await new Promise((done) => setTimeout(done, 500));
      for (let i = 0; i < 4; i++) globalThis.gc();
      return { rss: process.memoryUsage().rss, threads: threadsOfProcess() };
    };
    await cycle(15);
    return { before: await cycle(5), after: await cycle(30) };
  },
};

console.log(JSON.stringify(await SCENARIOS[scenario]()));

/** Where the system tells; else the same number always. */
function threadsOfProcess() {
  return existsSync("/proc/self/task") ? readdirSync("/proc/self/task").length : 0;
}
