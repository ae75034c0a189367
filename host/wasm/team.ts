/** What assembly/threads.ts exports. */
export interface TeamExports {
  control_bytes(): number;
  start(control: number, first: number, end: number): void;
  lead(control: number, program: number, threads: number, mayBlock: number): number;
  follow(control: number, program: number, threads: number): void;
  fail(control: number): void;
  dismiss(control: number): void;
}

/** What `lead` returns; LATE and above is someone being late for step `status − LATE`. */
export const DONE = 0;
export const LATE = 2;

/** What `control_bytes` returns; a test compares the two. */
export const CONTROL_BYTES = 256;
/** Added to a step's kernel where threads meet after the step. */
export const BARRIER = 0x80000000;

let compiled: Promise<WebAssembly.Module> | undefined;

/** The compiled threads module; compiled once per process or page and then kept. */
export function compileTeam(): Promise<WebAssembly.Module> {
  compiled ??= import("./threads.js").then(({ default: text }) =>
    WebAssembly.compile(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))),
  );
  return compiled;
}
