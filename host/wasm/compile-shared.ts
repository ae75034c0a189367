import { loadBytes } from "./instantiate.js";
import type { BinaryName } from "./kernel.js";

/** The memory import of our modules: "env" "memory", a memory, with a maximum. */
const MEMORY_IMPORT = [3, ...codes("env"), 6, ...codes("memory"), 2, 1];
const SHARED_WITH_MAXIMUM = 3;

/**
 * Makes a module of ours import a shared memory. Wasm tells the two apart in the import's type alone, one byte, and code
 * that has no atomics is the same for both; so threads need no second set of binaries.
 */
export function importShared(bytes: Uint8Array): void {
  const at = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, k) => bytes[i + k] === byte));
  bytes[at + MEMORY_IMPORT.length - 1] = SHARED_WITH_MAXIMUM;
}

const compiled: Partial<Record<BinaryName, Promise<WebAssembly.Module>>> = {};

/** As `compileModule`, for memory that threads share. */
export function compileShared(name: BinaryName): Promise<WebAssembly.Module> {
  compiled[name] ??= loadBytes(name).then((bytes) => {
    importShared(bytes);
    return WebAssembly.compile(bytes);
  });
  return compiled[name];
}

function codes(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
