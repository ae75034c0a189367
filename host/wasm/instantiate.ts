import { decodeBase64 } from "../core/base64.js";
import { EnvironmentError } from "../core/errors.js";
import type { ModuleName } from "./kernel.js";

export type Kernel = (args: number, begin: number, end: number) => void;

/** A module of ours with a memory of its own. */
export interface Instance {
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  /** The kernels in the function table, in order, and where. */
  readonly indices: ReadonlyMap<string, number>;
  /** Function table index of a kernel, entering it on first use. */
  kernelIndex(kernel: string): number;
  /** Runs one kernel over all its tiles, outside any program. */
  run(kernel: string, args: number, tiles: number): void;
  /** Runs steps [first, end) of the program at an address. */
  execute(program: number, first: number, end: number): void;
}

const compiled: Partial<Record<ModuleName, Promise<WebAssembly.Module>>> = {};
const wasmBytes: Partial<Record<ModuleName, number>> = {};

/** The compiled module; compiled once per process or page and then kept. */
export function compileModule(name: ModuleName): Promise<WebAssembly.Module> {
  compiled[name] ??= loadBytes(name).then((bytes) => WebAssembly.compile(bytes));
  return compiled[name];
}

/** Size of the module's binary; 0 before it was loaded. */
export function moduleBytes(name: ModuleName): number {
  return wasmBytes[name] ?? 0;
}

// The binaries are base64 text in modules of their own: `import()` finds them on every engine and through every
// bundler, with no file system, no fetch and no asset handling, and only the chosen one is read.
const IMPORTS = {
  scalar: () => import("./scalar.js"),
  simd: () => import("./simd.js"),
  "relaxed-us": () => import("./relaxed-us.js"),
  "relaxed-ss": () => import("./relaxed-ss.js"),
} satisfies Record<ModuleName, () => Promise<{ default: string }>>;

/** The binary as a file beside this one, where modules are files: a process that has just started is quicker with it. */
function readLocal(name: ModuleName): Uint8Array<ArrayBuffer> | undefined {
  const fs = import.meta.url.startsWith("file:") ? globalThis.process?.getBuiltinModule?.("node:fs") : undefined;
  try {
    return fs?.readFileSync(new URL(`../wasm/${name}.wasm`, import.meta.url)) as Uint8Array<ArrayBuffer> | undefined;
  } catch {
    return undefined; // bundled by an application: the text travels with the bundle
  }
}

export async function loadBytes(name: ModuleName): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = readLocal(name) ?? decodeBase64((await IMPORTS[name]()).default);
  wasmBytes[name] = bytes.length;
  return bytes;
}

/** Instantiates `module` with exactly `bytes` of linear memory, rounded up to pages, that never grow. */
export function instantiate(module: WebAssembly.Module, bytes: number, shared: boolean): Instance {
  const pages = Math.ceil(bytes / 65536);
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch {
    throw new EnvironmentError(
      "memory",
      `the engine refuses ${pages * 65536} bytes of linear memory; use a smaller model`,
    );
  }
  const table = new WebAssembly.Table({ initial: 1, element: "anyfunc" });
  const instance = new WebAssembly.Instance(module, { env: { memory, table } });
  const exports = instance.exports as Record<string, (...args: number[]) => number>;
  const indices = new Map<string, number>();
  return {
    memory,
    table,
    indices,
    kernelIndex(kernel) {
      let index = indices.get(kernel);
      if (index === undefined) {
        index = table.grow(1);
        table.set(index, exports[kernel]);
        indices.set(kernel, index);
      }
      return index;
    },
    run: (kernel, args, tiles) => void exports[kernel]!(args, 0, tiles),
    execute: exports["execute"] as Instance["execute"],
  };
}
