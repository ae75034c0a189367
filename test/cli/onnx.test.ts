import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/project.mjs";
import { writeOnnx } from "../import/onnx/write-onnx.js";
import { expectRefusal, expectSuccess, qbin, useFolder } from "./command.js";

const folder = useFolder();
const convert = (...args: string[]) => qbin(["convert", ...args], { cwd: folder.path });
const inspect = async (name: string) =>
  JSON.parse(expectSuccess(await qbin(["inspect", name, "--json"], { cwd: folder.path })));

beforeAll(() => {
  for (const name of ["cnn.onnx", "cnn.input0.bin", "cnn.output0.bin"]) {
    cpSync(join(root, "test/models/onnx", name), folder.file(name));
  }
});

describe("an ONNX model", () => {
  test("is converted, inspected and run", async () => {
    const text = expectSuccess(await convert("cnn.onnx", "-o", "cnn.qbin", "--dim", "batch=1"));
    expect(text).toMatch(/^cnn\.onnx, 15\.7 KiB → cnn\.qbin/);
    expect(await inspect("cnn.qbin")).toMatchObject({
      inputs: [{ name: "x", shape: [1, 3, 24, 24], dtype: "float32" }],
    });
    expectSuccess(await qbin(["run", "cnn.qbin", "cnn.input0.bin", "-o", "out.bin"], { cwd: folder.path }));
    const [ours, theirs] = ["out.bin", "cnn.output0.bin"].map(
      (name) => new Float32Array(new Uint8Array(readFileSync(folder.file(name))).buffer),
    ) as [Float32Array, Float32Array];
    theirs.forEach((value, i) => {
      expect(ours[i]).toBeCloseTo(value, 6);
    });
  });

  test("--layout nhwc has pictures channels-last, --mean knows either order", async () => {
    for (const [layout, shape] of [
      ["nhwc", [1, 24, 24, 3]],
      ["file", [1, 3, 24, 24]],
    ] as const) {
      expectSuccess(await convert("cnn.onnx", "-o", "cnn.qbin", "--layout", layout, "--mean", "127.5"));
      const { inputs } = await inspect("cnn.qbin");
      expect(inputs).toMatchObject([{ shape, preprocessing: { layout: layout === "nhwc" ? "nhwc" : "nchw" } }]);
    }
  });

  test("that is run as it is is told how to become a .qbin", async () => {
    const result = await qbin(["run", "cnn.onnx", "cnn.input0.bin"], { cwd: folder.path });
    expectRefusal(
      result,
      /cnn\.onnx: this is an ONNX model; convert it first: node \S+ convert cnn\.onnx -o cnn\.qbin/,
    );
  });

  test.each<[args: string[], message: RegExp]>([
    [["--dim", "batch"], /--dim "batch": must be a name, "=" and a size above 0/],
    [["--dim", "bath=1"], /cnn\.onnx: no input has a dimension named "bath"; there is "batch"/],
    [["--shape", "x=1,3"], /cnn\.onnx: .*input "x" is \[batch,3,24,24\] and cannot be \[1,3\]/],
    [["--shape", "x=1,,3"], /--shape "x=1,,3": must be an input's name/],
    [["--layout", "nchw"], /argument 'nchw' is invalid\. Allowed choices are file, nhwc/],
    [["--numerics", "xnnpack"], /cnn\.onnx: numerics is for TFLite files/],
    [["--outputs", "nowhere"], /cnn\.onnx: no operator computes "nowhere"/],
  ])("with %j is refused", async (args, message) => {
    expectRefusal(await convert("cnn.onnx", "-o", "x.qbin", ...args), message);
  });
});

test("a TFLite model takes no options of ONNX", async () => {
  expectRefusal(
    await convert("digits.tflite", "-o", "x.qbin", "--dim", "a=1"),
    /digits\.tflite: dims is for ONNX files/,
  );
});

describe("external data", () => {
  const model = (location: string) =>
    writeOnnx({
      nodes: [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }],
      initializers: [{ name: "w", dims: [4], external: { location } }],
    });

  beforeAll(() => {
    mkdirSync(folder.file("model"));
    writeFileSync(folder.file("outside.bin"), Float32Array.of(9, 9, 9, 9));
    writeFileSync(folder.file("model/w.bin"), Float32Array.of(1, 2, 3, 4));
    symlinkSync("../outside.bin", folder.file("model/link.bin"));
    for (const name of ["w", "link", "missing"]) writeFileSync(folder.file(`model/${name}.onnx`), model(`${name}.bin`));
  });

  test("beside the model is read", async () => {
    expectSuccess(await convert("model/w.onnx", "-o", "w.qbin"));
  });

  test("behind a link that leads out is not", async () => {
    expectRefusal(await convert("model/link.onnx", "-o", "x.qbin"), /link\.bin: .* no file inside the model's folder/);
  });

  test("that is missing is named", async () => {
    expectRefusal(await convert("model/missing.onnx", "-o", "x.qbin"), /^qbin: model\/missing\.bin: no such file/);
  });
});
