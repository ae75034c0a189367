import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import loadWabt from "wabt";
import { STATIC_BYTES } from "../../host/plan/memory.js";
import { type BinaryName, MODULES, moreOf } from "../../host/wasm/kernel.js";
import { VARIANTS } from "../../host/wasm/variants.js";
import { root } from "../../scripts/project.mjs";

/** What a binary exports beside its kernels; see assembly/program.ts. */
const EXECUTOR = ["execute", "static_end"];
const BINARIES = [...MODULES, "scalar-more", "simd-more"] as const satisfies readonly BinaryName[];
type Wabt = Awaited<ReturnType<typeof loadWabt>>;
type Features = NonNullable<Parameters<Wabt["readWasm"]>[1]>;

/** Everything off: wabt has most features on by itself. */
const NONE = {
  mutable_globals: true, // WebAssembly 1.0 engines that have no SIMD all have it
  sat_float_to_int: false,
  sign_extension: false,
  simd: false,
  threads: false,
  multi_value: false,
  tail_call: false,
  bulk_memory: false,
  reference_types: false,
  exceptions: false,
  memory64: false,
  extended_const: false,
  relaxed_simd: false,
};
/** WebAssembly 2.0 without SIMD, as far as the compiler uses it by default. */
const SCALAR = { ...NONE, sat_float_to_int: true, sign_extension: true, bulk_memory: true };
const SIMD = { ...SCALAR, simd: true };
const RELAXED = { ...SIMD, relaxed_simd: true };
const ALLOWED: Record<BinaryName, Features> = {
  scalar: SCALAR,
  simd: SIMD,
  "relaxed-us": RELAXED,
  "relaxed-ss": RELAXED,
  "scalar-more": SCALAR,
  "simd-more": SIMD,
};

const isMoreBinary = (name: BinaryName) => name.endsWith("-more");

/** The kernels that a binary must have by the table of variants. A row of more kernels is in both of them. */
function kernelsIn(name: BinaryName): string[] {
  const rows = VARIANTS.filter(({ modules, isMore = false }) => {
    return isMore === isMoreBinary(name) && modules.some((module) => (isMore ? moreOf(module) : module) === name);
  });
  return rows.map(({ kernel }) => kernel);
}

let wabt: Wabt;
beforeAll(async () => {
  wabt = await loadWabt();
});

describe.each(BINARIES)("module %s", (name) => {
  const bytes = new Uint8Array(readFileSync(join(root, `dist/wasm/${name}.wasm`)));
  // Read, not compiled: the engine that runs the tests may not know every module.
  const find = (pattern: RegExp) => {
    const text = wabt.readWasm(bytes, { ...ALLOWED[name] }).toText({});
    return [...text.matchAll(pattern)].map((match) => match.slice(1));
  };

  test("every row of the variant table that names it is exported, and every kernel has a row", () => {
    const kernels = kernelsIn(name);
    expect(kernels.length).toBeGreaterThan(isMoreBinary(name) ? 10 : 25);
    expect(new Set(kernels).size).toBe(kernels.length);
    const exported = find(/\(export "([^"]+)" \(func/g).flat();
    expect(exported.sort()).toEqual([...kernels, ...(isMoreBinary(name) ? ["static_end"] : EXECUTOR)].sort());
  });

  test("imports a memory and the table of functions it calls, nothing else", () => {
    const table = ["env", "table", "table"];
    const expected = [["env", "memory", "memory"], ...(isMoreBinary(name) ? [] : [table])];
    expect(find(/\(import "([^"]+)" "([^"]+)" \((\w+)/g)).toEqual(expected);
  });

  test("its static data fits below what the host places", () => {
    const [[index]] = find(/\(export "static_end" \(func (\S+)\)\)/g) as [[string]];
    const [[end]] = find(new RegExp(`\\(func \\(;${index};\\)[^\\n]*\\n\\s*i32\\.const (\\d+)\\)`, "g")) as [[string]];
    // The first half is the module's, the second that of the one with more kernels.
    const half = STATIC_BYTES / 2;
    expect(Number(end)).toBeGreaterThan(isMoreBinary(name) ? half : 0);
    expect(Number(end)).toBeLessThanOrEqual(isMoreBinary(name) ? STATIC_BYTES : half);
    const starts = find(/\(data \(;\d+;\) \(i32\.const (\d+)\)/g).map(Number);
    expect(starts.length).toBeGreaterThan(0);
    for (const start of starts) expect(start >= half).toBe(isMoreBinary(name));
  });

  test("uses no feature beyond its own", () => {
    expect(() => wabt.readWasm(bytes, { ...ALLOWED[name] }).validate()).not.toThrow();
  });

  test("the dist/ text is the same module", async () => {
    const { default: text } = await import(`../../dist/wasm/${name}.js`);
    expect(Buffer.from(text, "base64").equals(bytes)).toBe(true);
  });
});

// What the checks above rest on: wabt refuses what it is told to.
test("the simd module is refused without SIMD, and has vector instructions; the scalar module has none", () => {
  const read = (name: string) => new Uint8Array(readFileSync(join(root, `dist/wasm/${name}.wasm`)));
  const text = (name: string, features: Features) => wabt.readWasm(read(name), features).toText({});
  expect(() => wabt.readWasm(read("simd"), SCALAR).validate()).toThrow();
  expect(text("simd", ALLOWED.simd)).toMatch(/i32x4\.dot_i16x8_s/);
  expect(text("scalar", SCALAR)).not.toMatch(/v128|[ifx]\d+x\d+/);
  expect(text("simd", ALLOWED.simd)).not.toMatch(/relaxed/);
});
