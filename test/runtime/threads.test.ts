import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseQbin } from "../../host/format/parse.js";
import { load, UsageError } from "../../host/index.js";
import { loadFacets } from "../../host/runtime/facets.js";
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
  const module = await compileShared("simd");
  const options = { isForced: true, ...(silenceLimit !== undefined && { silenceLimit }) };
  return createTeamSession(model, "simd", module, { maxBytes: 2 ** 26 }, threads, options);
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

describe("a thread that dies", () => {
  /** It fails with what every engine does when a kernel is broken: the index is in no table. */
  const breakWorker = ({ memory, plan, steps }: Session) => {
    const programBytes = steps.reduce((sum, { args }) => sum + 16 + args.byteLength, 0);
    new Int32Array(memory.buffer)[(plan.end + Math.ceil(programBytes / 64) * 64) / 4] = 0x7fffffff;
  };
  const code = "thread";

  test.each([2, 3])("in the middle of a run (%i threads): run throws at once, and ever after", async (threads) => {
    const session = await teamSession(threads);
    session.execute(0, session.steps.length);
    breakWorker(session);
    const gone = Promise.all(workers.map(ended));
    expect(() => session.execute(0, session.steps.length)).toThrow(
      expect.objectContaining({ name: "EnvironmentError", code, message: expect.stringMatching(/load it again/) }),
    );
    expect(() => session.execute(0, session.steps.length)).toThrow(expect.objectContaining({ code }));
    await gone;
    const next = await teamSession(threads);
    next.execute(0, next.steps.length);
    next.dispose!();
  });

  test("stopped from outside while it is needed: run gives up instead of waiting for ever", async () => {
    const session = await teamSession(2, 300);
    session.execute(0, session.steps.length);
    void workers[0]!.terminate();
    expect(() => {
      for (;;) session.execute(0, session.steps.length);
    }).toThrow(expect.objectContaining({ code, message: expect.stringMatching(/has not answered for 0\.3 s/) }));
  });

  test("between two runs: the next one throws", async () => {
    const session = await teamSession(2);
    session.execute(0, session.steps.length);
    await workers[0]!.terminate();
    expect(() => session.execute(0, session.steps.length)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/a thread is gone: it ended/) }),
    );
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

  test("60 loads and disposals leave no thread behind", () => {
    const { before, after } = measure("reload");
    expect(after.threads).toBe(before.threads);
    // A worker has more than 1 MB: 60 of them would be seen.
    expect(after.rss - before.rss).toBeLessThan(30 * 2 ** 20);
  });
});
