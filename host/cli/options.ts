import { Option } from "commander";
import { type LoadOptions, type ModuleName, UsageError } from "../index.js";

/** Options that several commands share, so that they read and refuse the same way everywhere. */

export interface RuntimeOptions {
  readonly module?: ModuleName;
  readonly threads?: number;
  readonly maxMemory?: number;
}

export const jsonOption = () => new Option("--json", "print JSON, and nothing else");

export const moduleOption = () =>
  new Option("--module <name>", "Wasm module to use: scalar or simd (default: the best this engine has)");

export const threadsOption = () =>
  new Option("--threads <count>", "threads to use (default: 1)").argParser(wholeNumber("--threads", 64));

export const maxMemoryOption = () =>
  new Option("--max-memory <MiB>", "most linear memory the model may take (default: 1024)").argParser(
    (text) => wholeNumber("--max-memory", 4096)(text) * 2 ** 20,
  );

/** Parser of a whole number from 1 to `max`. */
export function wholeNumber(option: string, max = 1e9): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= max) return value;
    throw new UsageError(`${option} ${quote(text)}: must be a whole number from 1 to ${max}`);
  };
}

/** Parser of a positive number up to `max`. */
export function positiveNumber(option: string, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d*\.?\d+$/.test(text) ? Number(text) : 0;
    if (value > 0 && value <= max) return value;
    throw new UsageError(`${option} ${quote(text)}: must be a number above 0, at most ${max}`);
  };
}

/** Parser of "61440", "60KiB" or "0.5MiB". */
export function byteCount(option: string): (text: string) => number {
  return (text) => {
    const [, digits, unit = "B"] = /^(\d*\.?\d+)\s?(B|KiB|MiB)?$/i.exec(text) ?? [];
    const value = Math.floor(Number(digits) * { b: 1, kib: 2 ** 10, mib: 2 ** 20 }[unit.toLowerCase() as "b"]);
    if (value >= 1 && value <= 2 ** 32) return value;
    throw new UsageError(`${option} ${quote(text)}: must be bytes above 0, such as 61440, 60KiB or 0.5MiB`);
  };
}

/** Parser of "127.5" or "123.7,116.3,103.5". */
export function numberList(option: string): (text: string) => number[] {
  return (text) => {
    const values = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    if (values.every(Number.isFinite)) return values;
    throw new UsageError(`${option} ${quote(text)}: must be one number, or one per channel with commas between`);
  };
}

/** Parser of "a,b". */
export function nameList(option: string): (text: string) => string[] {
  return (text) => {
    const names = text.split(",");
    if (names.every((name) => name !== "")) return names;
    throw new UsageError(`${option} ${quote(text)}: must be names with commas between`);
  };
}

/** Parser of "batch=1", repeated for each name. */
export function collectDim(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const at = text.lastIndexOf("=");
  const size = /^\d+$/.test(text.slice(at + 1)) ? Number(text.slice(at + 1)) : 0;
  if (at > 0 && size >= 1) return { ...before, [text.slice(0, at)]: size };
  throw new UsageError(`--dim ${quote(text)}: must be a name, "=" and a size above 0`);
}

/** Parser of "image=1,3,224,224", repeated for each input. */
export function collectShape(
  text: string,
  before: Readonly<Record<string, readonly number[]>> = {},
): Record<string, readonly number[]> {
  const at = text.lastIndexOf("=");
  const sizes = text
    .slice(at + 1)
    .split(",")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : 0));
  if (at > 0 && sizes.every((size) => size >= 1)) return { ...before, [text.slice(0, at)]: sizes };
  throw new UsageError(`--shape ${quote(text)}: must be an input's name, "=" and sizes with commas between`);
}

/** The part of the options that `load` takes. */
export function loadOptions({ module, threads, maxMemory }: RuntimeOptions): LoadOptions {
  return {
    ...(module !== undefined && { module }),
    ...(threads !== undefined && { threads }),
    ...(maxMemory !== undefined && { maxMemory }),
  };
}

function quote(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 39)}…` : text}"`;
}
