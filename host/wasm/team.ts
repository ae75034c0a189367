/** What assembly/threads.ts exports. */
export interface TeamExports {
  control_bytes(threads: number): number;
  start(control: number, first: number, end: number): void;
  lead(control: number, program: number, shares: number, threads: number, mayBlock: number): number;
  follow(control: number, program: number, shares: number, threads: number, thread: number): void;
  fail(control: number): void;
  dismiss(control: number, threads: number): void;
}

/** What `lead` returns; LATE and above is someone being late for step `status − LATE`. */
export const DONE = 0;
export const LATE = 2;

/** What the exported `control_bytes` returns; a test compares the two. */
export const controlBytes = (threads: number): number => 256 + 128 * threads;
/** Of one thread's share of one step. */
export const SHARE_BYTES = 16;
/** More steps do not fit into an offer. */
export const MAX_STEPS = 2 ** 20;

let compiled: Promise<WebAssembly.Module> | undefined;

/** The compiled threads module; compiled once per process or page and then kept. */
export function compileTeam(): Promise<WebAssembly.Module> {
  compiled ??= import("./threads.js").then(({ default: text }) =>
    WebAssembly.compile(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))),
  );
  return compiled;
}
