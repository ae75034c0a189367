import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readQbin } from "../../host/toolchain.js";
import { root } from "../../scripts/project.mjs";
import { DIGITS, expectRefusal, expectSuccess, qbin, useFolder } from "./command.js";

const folder = useFolder();
const command = (...args: string[]) => qbin(args, { cwd: folder.path });
const RECORD = ["--record", "label:u8,image:u8"];
const CALIBRATION = ["--calibration", "calibration.bin", ...RECORD, "--scale", "0.0625"];
const quantize = (...args: string[]) => command("quantize", "digits_float.tflite", ...args);

beforeAll(() => {
  for (const name of ["digits_float.tflite", "calibration.bin", "test.bin"])
    cpSync(join(DIGITS, name), folder.file(name));
});

describe("quantize", () => {
  test("writes an int8 model and says what became of its nodes", async () => {
    const text = expectSuccess(await quantize("-o", "own.qbin", ...CALIBRATION, "--labels", "labels.txt"));
    expect(text).toMatch(/^digits_float\.tflite, 66\.7 KiB → own\.qbin, [\d.]+ KiB\n/);
    expect(text).toMatch(/^weights 58\.9 KiB → 15\.6 KiB, 100 samples, /m);
    expect(text).toMatch(/^static-int8 +9$/m);
    const model = readQbin(new Uint8Array(readFileSync(folder.file("own.qbin"))));
    expect(model.labels).toHaveLength(10);
    expect(model.tensors.filter(({ dtype }) => dtype === "float32")).toEqual([]);
  });

  test("--json is one document that lists nodes and tensors", async () => {
    const args = ["-o", "json.qbin", ...CALIBRATION, "--samples", "20", "--layer", "CONV_2D_*=float32", "--json"];
    const result = JSON.parse(expectSuccess(await quantize(...args)));
    expect(result).toMatchObject({ source: { path: "digits_float.tflite" }, samples: 20, equalized: [] });
    expect(result.nodes[0]).toEqual({ node: "CONV_2D_0", op: "conv2d", wanted: "float32", mode: "float32" });
    expect(result.tensors.every(({ scale }: { scale: number }) => scale > 0)).toBe(true);
  });

  test("the calibration's state is kept: the second run needs no samples and writes the same bytes", async () => {
    const state = ["--calibration-state", "state.json", "--calibrator", "entropy"];
    expectSuccess(await quantize("-o", "first.qbin", ...CALIBRATION, ...state));
    expectSuccess(await quantize("-o", "second.qbin", "--scale", "0.0625", ...state));
    expect(readFileSync(folder.file("second.qbin"))).toEqual(readFileSync(folder.file("first.qbin")));
  });

  test("techniques are switches", async () => {
    const switches = ["--weight-bits", "3", "--equalize", "--correct-bias", "--rounding", "adaptive", "--json"];
    const result = JSON.parse(expectSuccess(await quantize("-o", "few.qbin", ...CALIBRATION, ...switches)));
    expect(result.equalized.length).toBeGreaterThan(0);
    const data = ["--data", "test.bin", ...RECORD, "--json"];
    const { top1 } = JSON.parse(expectSuccess(await command("evaluate", "few.qbin", ...data)));
    expect(top1).toBeGreaterThan(0.97);
  });

  test("--recipe auto stops at the first that loses little enough, and says what it tried", async () => {
    const recipe = ["--recipe", "auto", "--validation", "test.bin", "--max-loss", "0.5"];
    const text = expectSuccess(await quantize("-o", "auto.qbin", ...CALIBRATION, ...recipe));
    expect(text).toMatch(/^tried +points lost +time\nmin-max +-?\d\.\d\d +/m);
  });

  test("--size-budget stores layers in fewer bits until the file fits", async () => {
    const budget = ["-o", "small.qbin", ...CALIBRATION, "--size-budget"];
    const text = expectSuccess(await quantize(...budget, "25KiB"));
    expect(text).toMatch(/^to fit, layer +is +alone, signal to noise\n(\S+ +weight-only, 4 bits +\d+\.\d dB\n)+/m);
    expect(readFileSync(folder.file("small.qbin")).length).toBeLessThanOrEqual(25 * 1024);
    const { reductions } = JSON.parse(expectSuccess(await quantize(...budget, "25600", "--json")));
    expect(reductions[0]).toMatchObject({ mode: "weight-only", weightBits: 4, signalToNoise: expect.any(Number) });
    const large = expectSuccess(await quantize(...budget, "1MiB"));
    expect(large).toMatch(/^the size budget holds with every layer as asked$/m);
  });

  test.each<[string, string[], RegExp]>([
    [
      "a budget that nothing holds",
      [...CALIBRATION, "--size-budget", "1KiB"],
      /^qbin: nothing fits into 1024 bytes: the/,
    ],
    ["a budget that is no size", [...CALIBRATION, "--size-budget", "5x"], /--size-budget "5x": must be bytes above 0/],
    [
      "a budget without samples",
      ["--mode", "float16", "--size-budget", "1KiB"],
      /a budget needs samples to measure with/,
    ],
    [
      "two budgets",
      [...CALIBRATION, "--size-budget", "1KiB", "--recipe", "auto"],
      /--recipe and --size-budget are two budgets, and only one can be held/,
    ],
    [
      "a loss without a recipe",
      [...CALIBRATION, "--max-loss", "1"],
      /--validation and --max-loss are for --recipe auto; add that, or leave them out/,
    ],
    ["a recipe without validation", [...CALIBRATION, "--recipe", "auto"], /name samples for that with --validation/],
    ["no samples", ["--scale", "0.0625"], /activations need samples/],
    ["too few", [...CALIBRATION, "--samples", "3"], /calibration had 3 samples, at least 10 are needed/],
    ["a mode that there is not", [...CALIBRATION, "--mode", "int3"], /^qbin: mode "int3": must be one of/],
    [
      "a pattern that matches nothing",
      [...CALIBRATION, "--layer", "conv=float32"],
      /pattern "conv" matches no layer of the 9/,
    ],
    ["a layer without a mode", [...CALIBRATION, "--layer", "conv"], /--layer "conv": must be a pattern and a mode/],
    [
      "records that do not fit",
      ["--calibration", "calibration.bin"],
      /6500 bytes of data are no whole number of records of 256/,
    ],
    [
      "a record of another input",
      ["--calibration", "calibration.bin", "--record", "label:u8"],
      /input ".*" has to be in it once/,
    ],
    ["a missing file", ["--calibration", "none.bin"], /^qbin: none\.bin: no such file/],
    ["a state that is none", ["--calibration-state", "labels.txt"], /^qbin: labels\.txt: this is no calibration/],
  ])("%s: refused, and nothing is written", async (_, args, message) => {
    expectRefusal(await quantize("-o", "never.qbin", ...args), message);
    expect(existsSync(folder.file("never.qbin"))).toBe(false);
  });

  test("an ONNX model, its batch normalization folded and its activations fused", async () => {
    const values = Float32Array.from({ length: 12 * 3 * 24 * 24 }, (_, i) => Math.sin(i * i));
    writeFileSync(folder.file("noise.bin"), new Uint8Array(values.buffer));
    const model = join(root, "test/models/onnx/cnn_new_exporter.onnx");
    const args = ["-o", "onnx.qbin", "--calibration", "noise.bin", "--json"];
    const { nodes } = JSON.parse(expectSuccess(await command("quantize", model, ...args)));
    expect(
      nodes.filter(({ op, mode }: { op: string; mode: string }) => op === "conv2d" && mode === "static-int8").length,
    ).toBeGreaterThan(1);
    expect(nodes.filter(({ op }: { op: string }) => op === "mul")).toEqual([]);
  });

  test("a model that is quantized already is refused", async () => {
    const args = ["-o", "never.qbin", "--calibration", "calibration.bin", ...RECORD];
    expectRefusal(await command("quantize", "digits.tflite", ...args), /is quantized already/);
    expectRefusal(await command("quantize", "digits.qbin", ...args), /is quantized already/);
    expectRefusal(
      await command("quantize", "labels.txt", ...args),
      /labels\.txt: this is no TFLite, ONNX or Caffe model/,
    );
  });
});

describe("evaluate", () => {
  const DATA = ["--data", "test.bin", ...RECORD];

  test("as TensorFlow Lite measured the same file: 359 of 360", async () => {
    const result = JSON.parse(expectSuccess(await command("evaluate", "digits.qbin", ...DATA, "--json")));
    expect(result).toMatchObject({ model: "digits.qbin", samples: 360, top1: 359 / 360 });
    expect(expectSuccess(await command("evaluate", "digits.qbin", ...DATA))).toBe(
      "digits.qbin on 360 samples\ntop1  99.72 %\n",
    );
  });

  test("other metrics, and a float model to compare with", async () => {
    const args = ["--metric", "topk,agreement,mse", "--top", "2", "--reference", "digits_float.tflite", "--json"];
    const result = JSON.parse(expectSuccess(await command("evaluate", "digits.qbin", ...DATA, ...args)));
    expect(result.topk).toBe(1);
    expect(result.agreement).toBeGreaterThan(0.99);
    expect(result.mse).toBeGreaterThan(0);
    expect(result.mse).toBeLessThan(1e-4);
  });

  test.each<[string, string[], RegExp]>([
    ["an unknown metric", [...DATA, "--metric", "f1"], /--metric "f1": must be of top1, topk, agreement, mse/],
    ["agreement with nothing", [...DATA, "--metric", "agreement"], /name it with --reference/],
    ["no labels", ["--data", "unlabelled.bin", "--record", "image:u8"], /have no label/],
  ])("%s is refused", async (_, args, message) => {
    writeFileSync(folder.file("unlabelled.bin"), new Uint8Array(640));
    expectRefusal(await command("evaluate", "digits.qbin", ...args), message);
  });
});
