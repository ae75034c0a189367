import { decodeBase64 } from "../core/base64.js";
import { EnvironmentError } from "../core/errors.js";
import { type BinaryName, type ModuleName, moreOf } from "./kernel.js";

export type Kernel = (args: number, begin: number, end: number) => void;

/** What a model runs on: a module, and the one with more kernels where the model needs it. */
export type Modules = readonly WebAssembly.Module[];

/** Modules of ours with a memory of their own. */
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

const compiled: Partial<Record<BinaryName, Promise<WebAssembly.Module>>> = {};
const wasmBytes: Partial<Record<BinaryName, number>> = {};

/** The compiled binary; compiled once per process or page and then kept. */
export function compileModule(name: BinaryName): Promise<WebAssembly.Module> {
  compiled[name] ??= loadBytes(name).then((bytes) => WebAssembly.compile(bytes));
  return compiled[name];
}

/** The compiled module, and with more kernels, where the model needs them. */
export async function compileModules(
  name: ModuleName,
  needsMore: boolean,
  compile = compileModule,
): Promise<readonly WebAssembly.Module[]> {
  return Promise.all((needsMore ? [name, moreOf(name)] : [name]).map(compile));
}

/** Size of a binary; 0 before it was loaded. */
export function moduleBytes(name: BinaryName): number {
  return wasmBytes[name] ?? 0;
}

// The binaries are base64 text in modules of their own: `import()` finds them on every engine and through every
// bundler, with no file system, no fetch and no asset handling, and only the chosen one is read.
const IMPORTS = {
  scalar: () => import("./scalar.js"),
  simd: () => import("./simd.js"),
  "relaxed-us": () => import("./relaxed-us.js"),
  "relaxed-ss": () => import("./relaxed-ss.js"),
  "scalar-more": () => import("./scalar-more.js"),
  "simd-more": () => import("./simd-more.js"),
} satisfies Record<BinaryName, () => Promise<{ default: string }>>;

/** The binary as a file beside this one, where modules are files: a process that has just started is quicker with it. */
function readLocal(name: BinaryName): Uint8Array<ArrayBuffer> | undefined {
  const fs = import.meta.url.startsWith("file:") ? globalThis.process?.getBuiltinModule?.("node:fs") : undefined;
  try {
    return fs?.readFileSync(new URL(`../wasm/${name}.wasm`, import.meta.url)) as Uint8Array<ArrayBuffer> | undefined;
  } catch {
    return undefined; // bundled by an application: the text travels with the bundle
  }
}

export async function loadBytes(name: BinaryName): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = readLocal(name) ?? decodeBase64((await IMPORTS[name]()).default);
  wasmBytes[name] = bytes.length;
  return bytes;
}

/** Instantiates `modules` on exactly `bytes` of linear memory, rounded up to pages, that never grow. */
export function instantiate(modules: Modules, bytes: number, shared = false): Instance {
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
  const exports: Record<string, (...args: number[]) => number> = {};
  for (const module of modules)
    Object.assign(exports, new WebAssembly.Instance(module, { env: { memory, table } }).exports);
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
