import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readQbin } from "../../host/toolchain.js";
import { DIGITS, expectRefusal, expectSuccess, qbin, useFolder } from "./command.js";

const folder = useFolder();
const convert = (...args: string[]) => qbin(["convert", ...args], { cwd: folder.path });
const read = (name: string) => readQbin(new Uint8Array(readFileSync(folder.file(name))));

describe("convert", () => {
  test("writes the model and says what became of its nodes", async () => {
    const text = expectSuccess(await convert("digits.tflite", "-o", "plain.qbin"));
    expect(text).toMatch(
      /^digits\.tflite, 31\.5 KiB → plain\.qbin, [\d.]+ KiB\n9 nodes, weights 15\.6 KiB, numerics xnnpack\n/,
    );
    expect(text).toMatch(/^conv2d +4 +4$/m);
    expect(text).toMatch(/^softmax +1 +1$/m);
    expect(text).toMatch(/^1 node with the arithmetic of TensorFlow Lite's built-in kernels/m);
    expect(text).toMatch(/^ {2}SOFTMAX_8 +XNNPACK has no quantized SOFTMAX$/m);
    expect(read("plain.qbin")).toMatchObject({
      name: "digits",
      numerics: "xnnpack",
      labels: [],
      preprocessing: [undefined],
    });
  });

  test("--json is one document", async () => {
    const result = JSON.parse(expectSuccess(await convert("digits.tflite", "-o", "json.qbin", "--json")));
    expect(result).toMatchObject({
      source: { path: "digits.tflite", bytes: 32232 },
      output: { path: "json.qbin", bytes: readFileSync(folder.file("json.qbin")).length },
      nodes: 9,
      builtIn: [{ node: "SOFTMAX_8", reason: "XNNPACK has no quantized SOFTMAX" }],
    });
    expect(result.ops).toContainEqual({ op: "conv2d", nodes: 4, numerics: { xnnpack: 4 } });
  });

  test("stores labels, name, description and preprocessing", async () => {
    const metadata = [
      "--labels",
      "labels.txt",
      "--name",
      "zip code",
      "--description",
      "one digit",
      "--scale",
      "0.0625",
    ];
    expectSuccess(await convert("digits.tflite", "-o", "full.qbin", ...metadata));
    expect(read("full.qbin")).toMatchObject({
      name: "zip code",
      description: "one digit",
      labels: readFileSync(join(DIGITS, "labels.txt"), "utf8").trim().split("\n"),
      preprocessing: [{ mean: [0], scale: [0.0625], channelOrder: "gray", layout: "nhwc" }],
    });
  });

  test("--numerics tflite-micro is on record in the file", async () => {
    expectSuccess(await convert("digits.tflite", "-o", "micro.qbin", "--numerics", "tflite-micro"));
    const { numerics, nodes } = read("micro.qbin");
    expect([numerics, ...nodes.map((node) => node.numerics)]).toEqual(Array(10).fill("tflite"));
    const kernels = nodes.map(({ op, attributes }) => [op, attributes["kernels"]]);
    expect(kernels).toContainEqual(["conv2d", "reference"]);
    expect(kernels).toContainEqual(["fully_connected", "micro"]);
  });

  test("--explain says for each layer what it runs in and why, and what becomes of the input", async () => {
    const args = ["digits.tflite", "-o", "explained.qbin", "--scale", "0.0625", "--explain"];
    const text = expectSuccess(await convert(...args));
    expect(text).toMatch(/^input \S+: pixel \/ 16, then int8 with scale 0\.003922 and zero point −128$/m);
    expect(text).toMatch(/^0 +CONV_2D_0 +conv2d +int8 +the file has it in int8, and XNNPACK computes it$/m);
    expect(text).toMatch(/^8 .* int8 .* TFLite's built-in kernel computes it: XNNPACK has no quantized SOFTMAX$/m);
    const { explain } = JSON.parse(expectSuccess(await convert(...args, "--json")));
    expect(explain.nodes).toHaveLength(9);
    expect(explain.nodes[0]).toEqual({
      node: "CONV_2D_0",
      op: "conv2d",
      runsIn: "int8",
      why: "the file has it in int8, and XNNPACK computes it",
    });
    expect(explain.inputs[0].formula).toMatch(/^pixel \/ 16, then int8/);
  });

  test("--outputs cuts the model", async () => {
    const { tensors, nodes } = read("digits.qbin");
    const last = nodes.find(({ op }) => op === "mean")!;
    const name = tensors[last.outputs[0]!]!.name;
    expectSuccess(await convert("digits.tflite", "-o", "cut.qbin", "--outputs", name));
    expect(read("cut.qbin").nodes.at(-1)).toMatchObject({ op: "mean" });
  });

  test("the same file twice gives the same bytes", async () => {
    for (const name of ["once.qbin", "twice.qbin"]) expectSuccess(await convert("digits.tflite", "-o", name));
    expect(readFileSync(folder.file("once.qbin"))).toEqual(readFileSync(folder.file("twice.qbin")));
  });
});

describe("convert refuses", () => {
  const cases: [condition: string, args: string[], message: RegExp][] = [
    ["no output", [], /required option '-o, --output <file>' not specified/],
    ["the input as output", ["-o", "./digits.tflite"], /the output would replace the input/],
    [
      "a profile that is for other files",
      ["-o", "x.qbin", "--numerics", "onnx"],
      /argument 'onnx' is invalid\. Allowed choices are xnnpack, tflite, tflite-micro/,
    ],
    ["an output that is not there", ["-o", "x.qbin", "--outputs", "nowhere"], /no tensor named "nowhere"/],
    ["an empty name in --outputs", ["-o", "x.qbin", "--outputs", "a,,b"], /--outputs "a,,b": must be names/],
    ["labels that do not fit", ["-o", "x.qbin", "--labels", "input.bin"], /input\.bin: (it has \d+ labels|.*UTF-8)/],
    ["labels that are missing", ["-o", "x.qbin", "--labels", "nowhere.txt"], /^qbin: nowhere\.txt: no such file/],
    ["a mean that is no number", ["-o", "x.qbin", "--mean", "1,x"], /--mean "1,x": must be one number/],
    ["a mean for other channels", ["-o", "x.qbin", "--mean", "1,2,3"], /--mean: 3 values; .* 1 or one per channel, 1/],
    ["a channel order that is none", ["-o", "x.qbin", "--channel-order", "yuv"], /must be one of rgb, bgr, gray/],
    ["a channel order that does not fit", ["-o", "x.qbin", "--channel-order", "bgr"], /the input has one channel/],
    ["a description of two lines", ["-o", "x.qbin", "--description", "a\nb"], /header\.description is "a.b"; must be/],
  ];
  test.each(cases)("%s", async (_, args, message) => {
    expectRefusal(await convert("digits.tflite", ...args), message);
    expect(() => readFileSync(folder.file("x.qbin"))).toThrow("ENOENT");
  });

  test("a .qbin", async () => {
    expectRefusal(await convert("digits.qbin", "-o", "x.qbin"), /^qbin: digits\.qbin: /);
  });
});
