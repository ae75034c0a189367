import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseQbin } from "../../host/format/parse.js";
import { load, UsageError } from "../../host/index.js";
import { loadFacets } from "../../host/runtime/facets.js";
import { Model } from "../../host/runtime/model.js";
import type { Session } from "../../host/runtime/session.js";
import { createTeamSession } from "../../host/runtime/threads/index.js";
import { compileShared } from "../../host/wasm/compile-shared.js";
import { root } from "../../scripts/project.mjs";

const PATH = join(root, "examples/digits/digits.qbin");
const bytes = new Uint8Array(readFileSync(PATH));

/** The workers that were started since a test began. */
const workers: Worker[] = [];
const workerThreads = process.getBuiltinModule("node:worker_threads");
const OriginalWorker = workerThreads.Worker;

beforeEach(() => {
  workers.length = 0;
  workerThreads.Worker = class extends OriginalWorker {
    constructor(...args: ConstructorParameters<typeof OriginalWorker>) {
      super(...args);
      workers.push(this);
    }
  };
});
afterEach(() => {
  workerThreads.Worker = OriginalWorker;
  vi.unstubAllGlobals();
});

const ended = (worker: Worker) => new Promise((done) => worker.once("exit", done));

/** A session as `load` makes it, on however little work there is. */
async function teamSession(threads: number, silenceLimit?: number): Promise<Session> {
  const model = parseQbin(bytes);
  await loadFacets(model);
  const modules = [await compileShared("simd")];
  const options = { isForced: true, ...(silenceLimit !== undefined && { silenceLimit }) };
  return createTeamSession(model, "simd", modules, { maxBytes: 2 ** 26 }, threads, options);
}

describe("load", () => {
  test.each([2, 3, 4])("%i threads: the same bits as one", async (threads) => {
    const single = await load(bytes);
    const model = await load(bytes, { threads });
    expect(model.info).toMatchObject({ threads, threadsReason: "asked for" });
    expect(workers).toHaveLength(threads - 1);
    for (let seed = 0; seed < 20; seed++) {
      for (const each of [single, model]) {
        const { data } = each.input();
        for (let i = 0; i < data.length; i++) data[i] = Math.imul(i + 1, 97 + seed);
        each.run();
      }
      expect(Array.from(model.output().data as Int8Array)).toEqual(Array.from(single.output().data as Int8Array));
    }
    const gone = Promise.all(workers.map(ended));
    model.dispose();
    await gone;
    expect(() => model.run()).toThrow(/was disposed/);
  });

  test("one thread starts no worker, and says that nobody asked for more", async () => {
    const model = await load(bytes);
    expect(model.info).toMatchObject({ threads: 1, threadsReason: "default" });
    expect(workers).toEqual([]);
  });

  test.each([
    [0, "0"],
    [-1, "-1"],
    [1.5, "1.5"],
    [65, "65"],
    [1e9, "1000000000"],
    [Number.NaN, "NaN"],
    ["2", '"2"'],
    [null, "null"],
    [[2], "[2]"],
  ])("threads: %s is refused", async (threads, given) => {
    await expect(load(bytes, { threads: threads as never })).rejects.toThrow(
      new UsageError(`load: threads must be a whole number from 1 to 64, not ${given}`),
    );
    expect(workers).toEqual([]);
  });

  test("model.profile() times every step on all threads", async () => {
    const model = await load(bytes, { threads: 2 });
    const steps = model.profile(20);
    expect(steps).toHaveLength(model.info.steps);
    for (const { microseconds } of steps) expect(microseconds).toBeGreaterThan(0);
    model.dispose();
  });

  test("a damaged file leaves no thread behind", async () => {
    const damaged = bytes.slice();
    damaged[damaged.length - 1]! ^= 1;
    await expect(load(damaged, { threads: 2 })).rejects.toThrow(/checksum|digest|SHA-256/i);
    await Promise.all(workers.filter(({ threadId }) => threadId >= 0).map(ended));
    expect(workers.every(({ threadId }) => threadId < 0)).toBe(true);
  });
});

describe("where threads are impossible one is used, and info says why", () => {
  const expectSingle = async (reason: RegExp) => {
    const model = await load(bytes, { threads: 2 });
    expect(model.info.threads).toBe(1);
    expect(model.info.threadsReason).toMatch(reason);
    model.run();
    model.dispose();
  };

  test("no SharedArrayBuffer", async () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    await expectSingle(/^the engine has no shared WebAssembly memory$/);
  });

  test("a page that is not cross-origin isolated", async () => {
    vi.stubGlobal("document", {});
    vi.stubGlobal("crossOriginIsolated", false);
    await expectSingle(/^the page is not cross-origin isolated/);
  });

  test("workers that do not start", async () => {
    workerThreads.Worker = class {
      constructor() {
        throw new Error("no more threads");
      }
    } as never;
    await expectSingle(/^a worker does not start: no more threads$/);
  });

  test("a model with hardly any work", async () => {
    const { importTflite, writeQbin } = await import("../../host/toolchain.js");
    const tflite = new Uint8Array(readFileSync(join(root, "test/models/add.tflite")));
    const model = await load(writeQbin(importTflite(tflite)), { threads: 2 });
    expect(model.info).toMatchObject({ threads: 1, threadsReason: "the model is too small to gain from more" });
    expect(workers).toEqual([]);
  });
});

// What happens in the middle of a run is tested in team.test.ts.
describe("a thread that dies", () => {
  const code = "thread";

  test("between two runs: the next one throws, and ever after; the next load works", async () => {
    const model = await load(bytes, { threads: 2 });
    model.run();
    await workers[0]!.terminate();
    const message = expect.stringMatching(/^a thread is gone: it ended; dispose of this model and load it again$/);
    for (let i = 0; i < 2; i++) {
      expect(() => model.run()).toThrow(expect.objectContaining({ name: "EnvironmentError", code, message }));
    }
    model.dispose();
    const next = await load(bytes, { threads: 2 });
    next.run();
    next.dispose();
  });

  test("at any moment: runs are right until one throws", async () => {
    const single = await load(bytes);
    single.run();
    const expected = Array.from(single.output().data as Int8Array);
    for (let i = 0; i < 10; i++) {
      const session = await teamSession(3, 300);
      const model = new Model(session, { name: "simd", reason: "asked for", family: undefined });
      void workers.at(-1 - (i % 2))!.terminate();
      const run = async () => {
        for (;;) {
          for (let k = 0; k < 50; k++) {
            model.run();
            expect(Array.from(model.output().data as Int8Array)).toEqual(expected);
          }
          await new Promise((done) => setImmediate(done));
        }
      };
      await expect(run()).rejects.toMatchObject({ code });
      model.dispose();
    }
  });
});

describe("in a process of its own", () => {
  const measure = (scenario: string) => {
    const child = join(root, "test/runtime/threads-child.mjs");
    const args = ["--expose-gc", child, scenario, PATH];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 50_000 }));
  };

  test("10,000 runs allocate nothing; dispose ends the thread and the process ends by itself", () => {
    const { threads, grown, idle, busy, after } = measure("run");
    expect(threads).toBe(2);
    expect(grown).toBeLessThan(16 * 1024);
    if (process.platform === "linux") expect(busy).toBeGreaterThan(idle);
    expect(after).toBe(idle);
  });

  test("a model that nobody disposes of keeps no process alive", () => {
    expect(measure("forget")).toEqual({ threads: 2 });
  });

  test("the threads of models that are garbage end", () => {
    const { idle, busy, after } = measure("lose");
    if (process.platform === "linux") expect(busy).toBeGreaterThan(idle);
    expect(after).toBe(idle);
  });

  test("30 loads and disposals leave no thread behind", () => {
    const { before, after } = measure("reload");
    expect(after.threads).toBe(before.threads);
    // A worker has more than 1 MB: 30 of them would be seen.
    expect(after.rss - before.rss).toBeLessThan(20 * 2 ** 20);
  });
});
