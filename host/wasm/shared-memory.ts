/** Why this engine, or this page, cannot share memory between threads; undefined where it can. */
export function sharedMemoryProblem(): string | undefined {
  // Pages have the constructor, but may not send shared memory to a worker.
  if (globalThis.crossOriginIsolated === false && typeof document === "object") {
    return "the page is not cross-origin isolated, and so may not share memory between threads; see docs/architecture.md";
  }
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    if (memory.buffer instanceof SharedArrayBuffer) return undefined;
  } catch {
    // No SharedArrayBuffer, or an engine that does not know the option.
  }
  return "the engine has no shared WebAssembly memory";
}
