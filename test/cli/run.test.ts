import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeQbin } from "../../host/toolchain.js";
import { DIGITS, expectSuccess, qbin, RUN, useFolder } from "./command.js";
import { twoByTwo } from "./models.js";

const folder = useFolder();
const expected = Buffer.from(
  (JSON.parse(readFileSync(join(DIGITS, "expected.json"), "utf8")) as { outputs: string[] }).outputs[0]!,
  "hex",
);
const run = async (...args: string[]) => expectSuccess(await qbin(args, { cwd: folder.path, script: RUN }));

beforeAll(() => writeFileSync(folder.file("two.qbin"), writeQbin(twoByTwo())));

describe("a classifier", () => {
  test("top classes, best first, and the facts of the run", async () => {
    const text = await run("digits.qbin", "input.bin");
    expect(text).toMatch(/^\S+ {2}int8 \[1,10\], 10 bytes\n {2}9 {2}0\.\d+ +#+\n/);
    expect(text.match(/^ {2}\d {2}/gm)).toHaveLength(5);
    expect(text).toMatch(/^time +[\d.]+ (µs|ms), the first run; --repeat 100 shows the warm time$/m);
    expect(text).toMatch(/^module +[a-z-]+: .+$/m);
    expect(text).toMatch(/^wasm +[\d.]+ KiB$/m);
    expect(text).toMatch(/^arena +[\d.]+ KiB of [\d.]+ KiB linear memory$/m);
  });

  test("--top and --repeat", async () => {
    const text = await run("digits.qbin", "input.bin", "--top", "3", "--repeat", "20");
    expect(text.match(/^ {2}\d {2}/gm)).toHaveLength(3);
    expect(text).toMatch(/^time +[\d.]+ (µs|ms), median of 20 runs; the first took/m);
  });

  test("--top beyond the classes shows all", async () => {
    expect((await run("digits.qbin", "input.bin", "--top", "99")).match(/^ {2}\d {2}/gm)).toHaveLength(10);
  });

  test.each(["scalar", "simd"])("--module %s stores TensorFlow Lite's bytes", async (module) => {
    expect(await run("digits.qbin", "input.bin", "-o", "out.bin", "--module", module)).toContain(" → out.bin\n");
    expect(readFileSync(folder.file("out.bin"))).toEqual(expected);
  });

  test("--threads 2 stores the same bytes, and says on how many it ran", async () => {
    const text = await run("digits.qbin", "input.bin", "-o", "out2.bin", "--threads", "2");
    expect(text).toMatch(/^threads +[12]: .+$/m);
    expect(readFileSync(folder.file("out2.bin"))).toEqual(expected);
  });

  test("--json is one document", async () => {
    const result = JSON.parse(await run("digits.qbin", "input.bin", "--json", "--top", "2", "--threads", "1"));
    expect(result).toMatchObject({ model: "digits", module: "simd", threads: 1, times: { runs: 1 } });
    expect(result.outputs).toHaveLength(1);
    expect(result.outputs[0]).toMatchObject({ dtype: "int8", shape: [1, 10], file: null });
    expect(result.outputs[0].top.map(({ label }: { label: string }) => label)).toEqual(["9", "3"]);
    expect(result.memory.arena).toBeGreaterThanOrEqual(result.memory.arenaLowerBound);
  });

  test("qbin run is the same command", async () => {
    const strip = (text: string) => text.replace(/^time.*$/m, "");
    const viaQbin = expectSuccess(await qbin(["run", "digits.qbin", "input.bin"], { cwd: folder.path }));
    expect(strip(viaQbin)).toBe(strip(await run("digits.qbin", "input.bin")));
  });
});

describe(".npy", () => {
  test("an output file is an input file", async () => {
    await run("two.qbin", await bytes("a.bin", 6), await bytes("b.bin", 4), "-o", "turned.npy");
    const file = readFileSync(folder.file("turned.0.npy"));
    expect(file.subarray(0, 8).toString("latin1")).toBe("\x93NUMPY\x01\x00");
    expect(file.length % 64).toBe(6);
    expect(file.toString("latin1")).toContain("{'descr': '|i1', 'fortran_order': False, 'shape': (3, 2), }");
    expect([...file.subarray(-6)]).toEqual([0, 3, 1, 4, 2, 5]);
    const again = JSON.parse(await run("two.qbin", "turned.0.npy", "b.bin", "-o", "again.bin", "--json"));
    expect(again.outputs.map(({ file }: { file: string }) => file)).toEqual(["again.0.bin", "again.1.bin"]);
    expect([...readFileSync(folder.file("again.0.bin"))]).toEqual([0, 4, 3, 2, 1, 5]);
  });
});

describe("several inputs and outputs", () => {
  test("files in the order of the inputs, one file per output", async () => {
    const text = await run("two.qbin", await bytes("a.bin", 6), await bytes("b.bin", 4, 100), "-o", "out.bin");
    expect([...readFileSync(folder.file("out.0.bin"))]).toEqual([0, 3, 1, 4, 2, 5]);
    expect([...readFileSync(folder.file("out.1.bin"))]).toEqual([100, 101, 102, 103]);
    expect(text).toMatch(/^x {2}int8 \[3,2\], 6 bytes → out\.0\.bin\n {2}0 1\.5 0\.5 2 1 2\.5$/m);
  });

  test("a name without an extension gets its number at the end", async () => {
    await run("two.qbin", await bytes("a.bin", 6), await bytes("b.bin", 4), "-o", "./out");
    expect(readFileSync(folder.file("out.1"))).toHaveLength(4);
  });
});

/** Writes `count` bytes counting up from `first`; returns the name. */
async function bytes(name: string, count: number, first = 0): Promise<string> {
  writeFileSync(
    folder.file(name),
    Uint8Array.from({ length: count }, (_, i) => first + i),
  );
  return name;
}
