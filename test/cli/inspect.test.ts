import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { writeQbin } from "../../host/toolchain.js";
import { expectSuccess, qbin, useFolder } from "./command.js";
import { mixed } from "./models.js";

const folder = useFolder();
const inspect = async (...args: string[]) => expectSuccess(await qbin(["inspect", ...args], { cwd: folder.path }));

beforeAll(() => writeFileSync(folder.file("mixed.qbin"), writeQbin(mixed())));

describe("inspect", () => {
  test("header, ends, nodes and memory of the example", async () => {
    const text = await inspect("digits.qbin");
    expect(text).toMatch(/^file +digits\.qbin, [\d.]+ KiB, of which weights 15\.6 KiB$/m);
    expect(text).toMatch(/^numerics +xnnpack: the same bits as LiteRT$/m);
    expect(text).toMatch(/^labels +10: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9$/m);
    expect(text).toMatch(/^module +[a-z-]+: .+; [\d.]+ KiB of Wasm$/m);
    expect(text).toMatch(/^1 input\n {2}\S+ {2}int8 \[1,8,8,1\], 64 bytes\n {4}real = 0\.003922 · \(q \+ 128\)\n/m);
    expect(text).toMatch(/^ {4}pixels: real = pixel · 0\.0625; channels gray only; axes NHWC$/m);
    expect(text).toMatch(/^0 +CONV_2D_0 +conv2d +qs8_qc8w_\S+ +\[1,8,8,16\] +int8 +9\.22 k +xnnpack +int8$/m);
    expect(text).toMatch(/^ {4}input: pixel \/ 16, then int8 with scale 0\.003922 and zero point −128$/m);
    expect(text).toMatch(/^9 of 9 nodes run in int8, 100\.0 % of the MACs:$/m);
    expect(text).toMatch(/^ {2}0–7: all it reads and writes is int8$/m);
    expect(text).toMatch(/^ {2}8 SOFTMAX_8: computes as tflite does: xnnpack has no softmax$/m);
    expect(text).toMatch(/^ {2}arena +[\d.]+ KiB at its peak; no plan can need less than [\d.]+ KiB \(\+[\d.]+ %\)$/m);
    expect(text).toMatch(/^ {2}weights +[\d.]+ KiB packed$/m);
    expect(text).toMatch(/^ {2}total +[\d.]+ KiB of linear memory, which never grows$/m);
  });

  test.each([
    ["tflite", "TFLite's reference kernels", "rounds as TFLite's reference kernel does"],
    ["tflite-micro", "TFLite Micro", "rounds as TFLite Micro does"],
  ])("--numerics %s is recognized", async (numerics, whose, rounding) => {
    expectSuccess(
      await qbin(["convert", "digits.tflite", "-o", "n.qbin", "--numerics", numerics], { cwd: folder.path }),
    );
    const text = await inspect("n.qbin");
    expect(text).toContain(`tflite: the same bits as ${whose}\n`);
    expect(text).toMatch(new RegExp(`^ +\\S.*[78].*: ${rounding}$`, "m"));
  });

  test("the arena map stays within 80 columns and has no escape codes", async () => {
    const text = await inspect("digits.qbin");
    const map = text.split("\n").filter((line) => /^ *[\d.]+ (bytes|[KMG]iB) \|/.test(line));
    expect(map.length).toBeGreaterThan(4);
    for (const line of map) expect(line).toMatch(/^.{12}[a-zA-Z0-9.]{1,68}$/);
    expect(text).not.toContain("\x1b");
  });

  test("what does not run in int8, and why", async () => {
    const text = await inspect("mixed.qbin");
    expect(text).toMatch(/^1 of 4 nodes run in int8:$/m);
    expect(text).toMatch(/^ {2}0 quantize: turns float32 into int8$/m);
    expect(text).toMatch(/^ {2}2 dequantize: turns int8 into float32$/m);
    expect(text).toMatch(/^ {2}3 tanh: the model computes "wide again" in float32$/m);
  });

  test("--module changes kernels, not the model", async () => {
    const simd = JSON.parse(await inspect("digits.qbin", "--json"));
    const scalar = JSON.parse(await inspect("digits.qbin", "--json", "--module", "scalar"));
    expect(simd).toMatchObject({ module: "simd", name: "digits", file: { path: "digits.qbin" }, threads: 1 });
    expect(scalar).toMatchObject({ module: "scalar", reason: "asked for", inputs: simd.inputs, macs: simd.macs });
    expect(scalar.nodes[1].kernels).not.toEqual(simd.nodes[1].kernels);
    expect(simd.nodes).toHaveLength(9);
    expect(simd.nodes[0]).toMatchObject({
      op: "conv2d",
      dtype: "int8",
      shape: [1, 8, 8, 16],
      runsIn: "int8",
      why: "all it reads and writes is int8",
      macs: 9216,
    });
    for (const { offset, bytes } of simd.buffers) expect(offset + bytes).toBeLessThanOrEqual(simd.memory.arena);
  });
});
