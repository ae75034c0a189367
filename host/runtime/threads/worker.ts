import type { Modules } from "../../wasm/instantiate.js";
import type { TeamExports } from "../../wasm/team.js";

/** Thread 0 to a worker, once: where to begin. */
export interface Orders {
  readonly threadsModule: WebAssembly.Module;
  readonly kernelModules: Modules;
  readonly memory: WebAssembly.Memory;
  /** Kernels in the order of the function table, from index 1 on. */
  readonly kernels: readonly string[];
  readonly control: number;
  readonly program: number;
  readonly shares: number;
  readonly threads: number;
  readonly thread: number;
}

/** A worker to thread 0: it is there, it has read its orders, it failed. */
export type Report = "present" | "ready" | { readonly failed: string };

/**
 * The whole life of a worker. Workers get this function as source text, which needs no file and survives every bundler:
 * so it refers to nothing outside itself and names no inner functions, which some bundlers would wrap.
 */
export function workerMain(): void {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  const port = (node?.parentPort ?? globalThis) as unknown as Pick<MessagePort, "onmessage" | "postMessage"> & {
    close?(): void;
  };
  port.onmessage = ({ data }: MessageEvent<Orders>) => {
    let team: TeamExports | undefined;
    try {
      const table = new WebAssembly.Table({ initial: data.kernels.length + 1, element: "anyfunc" });
      const imports = { env: { memory: data.memory, table } };
      const exports: WebAssembly.Exports = {};
      for (const module of data.kernelModules)
        Object.assign(exports, new WebAssembly.Instance(module, imports).exports);
      for (const [i, kernel] of data.kernels.entries()) table.set(i + 1, exports[kernel]);
      team = new WebAssembly.Instance(data.threadsModule, imports).exports as unknown as TeamExports;
      port.postMessage("ready" satisfies Report);
      team.follow(data.control, data.program, data.shares, data.threads, data.thread);
    } catch (error) {
      team?.fail(data.control);
      port.postMessage({ failed: String(error) } satisfies Report);
    }
    port.close?.();
  };
  port.postMessage("present" satisfies Report);
}
