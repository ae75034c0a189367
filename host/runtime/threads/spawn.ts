import { EnvironmentError } from "../../core/errors.js";
import { type Orders, type Report, workerMain } from "./worker.js";

/** A started worker, on engines with `node:worker_threads` and on those with the web's `Worker`. */
export interface WorkerHandle {
  /** Sends the worker to work; resolves when it is about to. */
  begin(orders: Orders): Promise<void>;
  /** Why the worker is gone, once it is. */
  readonly gone: string | undefined;
  terminate(): void;
}

/** How long a worker may take to start, in milliseconds. */
const START_LIMIT = 10_000;

/** Starts a worker; rejects with an EnvironmentError where the engine refuses. */
export async function spawn(): Promise<WorkerHandle> {
  const worker = startWorker(`(${workerMain})()`);
  let gone: string | undefined;
  let answer: (reply: Report) => void = () => {};
  const lose = (why: string) => {
    gone ??= why;
    answer({ failed: gone });
  };
  worker.listen((report) => {
    if (typeof report === "object") lose(report.failed);
    else answer(report);
  }, lose);
  const hear = (expected: Report, what: string) =>
    new Promise<void>((resolve, reject) => {
      const give = (why: string) => {
        clearTimeout(timer);
        worker.terminate();
        reject(new EnvironmentError("thread", `a worker ${what}: ${why}`));
      };
      const timer = setTimeout(() => give(`no answer within ${START_LIMIT / 1000} s`), START_LIMIT);
      answer = (report) => {
        if (report !== expected) return give(typeof report === "object" ? report.failed : report);
        clearTimeout(timer);
        resolve();
      };
      if (gone !== undefined) give(gone);
    });
  await hear("present", "does not start");
  return {
    async begin(orders) {
      const ready = hear("ready", "cannot run the model");
      worker.post(orders);
      await ready;
      worker.release();
    },
    get gone() {
      return gone;
    },
    terminate: () => worker.terminate(),
  };
}

interface PlainWorker {
  listen(onReport: (report: Report) => void, onGone: (why: string) => void): void;
  post(orders: Orders): void;
  /** From now on the worker keeps no process alive. */
  release(): void;
  terminate(): void;
}

function startWorker(source: string): PlainWorker {
  try {
    const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
    return threads ? nodeWorker(new threads.Worker(source, { eval: true, execArgv: [] })) : webWorker(source);
  } catch (error) {
    throw new EnvironmentError("thread", `a worker does not start: ${(error as Error).message}`);
  }
}

/** As much of Node's `Worker` as is used here. */
interface NodeWorker {
  on(event: "message", listener: (report: Report) => void): unknown;
  on(event: "error" | "exit", listener: (reason: unknown) => void): unknown;
  postMessage(orders: Orders): void;
  unref(): void;
  terminate(): unknown;
}

function nodeWorker(worker: NodeWorker): PlainWorker {
  return {
    listen(onReport, onGone) {
      worker.on("message", onReport);
      worker.on("error", (error) => onGone(String(error)));
      worker.on("exit", () => onGone("it ended"));
    },
    post: (orders) => worker.postMessage(orders),
    release: () => worker.unref(),
    terminate: () => void worker.terminate(),
  };
}

function webWorker(source: string): PlainWorker {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  return {
    listen(onReport, onGone) {
      worker.onmessage = ({ data }) => {
        URL.revokeObjectURL(url);
        onReport(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        onGone(event.message || "the engine does not say why");
      };
      worker.onmessageerror = () => onGone("what it was sent could not be read");
    },
    post: (orders) => worker.postMessage(orders),
    release() {},
    terminate: () => worker.terminate(),
  };
}
