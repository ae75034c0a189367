import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/project.mjs";
import { floatsOf, readJson } from "../import/caffe/models.js";
import { expectRefusal, expectSuccess, qbin, useFolder } from "./command.js";

const folder = useFolder();
const command = (...args: string[]) => qbin(args, { cwd: folder.path });
const inspect = async (name: string) => JSON.parse(expectSuccess(await command("inspect", name, "--json")));

beforeAll(() => {
  for (const name of ["plain", "residual", "ristretto_mixed"]) {
    for (const extension of ["prototxt", "caffemodel"]) {
      cpSync(join(root, "test/models/caffe", `${name}.${extension}`), folder.file(`${name}.${extension}`));
    }
  }
  cpSync(folder.file("plain.caffemodel"), folder.file("weights.bin"));
  cpSync(folder.file("plain.prototxt"), folder.file("alone.prototxt"));
});

describe("a Caffe network", () => {
  test("is converted from two files, inspected and run", async () => {
    const text = expectSuccess(
      await command("convert", "plain.prototxt", "weights.bin", "-o", "plain.qbin", "--mean", "104,117,123"),
    );
    expect(text).toMatch(/^plain\.prototxt, 43\.8 KiB → plain\.qbin/);
    expect(await inspect("plain.qbin")).toMatchObject({
      inputs: [
        {
          name: "data",
          shape: [2, 3, 35, 35],
          preprocessing: { mean: [104, 117, 123], scale: [1], channelOrder: "bgr", layout: "nchw" },
        },
      ],
    });
    const { networks } = readJson("networks.json.gz");
    writeFileSync(folder.file("in.bin"), new Uint8Array(floatsOf(networks.plain.inputs.data).buffer));
    expectSuccess(await command("run", "plain.qbin", "in.bin", "-o", "out.bin"));
    const ours = new Float32Array(new Uint8Array(readFileSync(folder.file("out.bin"))).buffer);
    floatsOf(networks.plain.outputs["prob/0"]).forEach((value, i) => {
      expect(ours[i]).toBeCloseTo(value, 6);
    });
  });

  test("of fixed point says which layers are not int8, and why", async () => {
    const text = expectSuccess(await command("convert", "ristretto_mixed.prototxt", "-o", "mixed.qbin"));
    expect(text).toMatch(/^\d+ nodes not in int8:$/m);
    const explained = expectSuccess(
      await command("convert", "ristretto_mixed.prototxt", "-o", "mixed.qbin", "--explain"),
    );
    expect(explained).toMatch(/ wide\/scaled .* its activations have 16 bits/m);
    const args = ["convert", "ristretto_mixed.prototxt", "-o", "mixed.qbin", "--json"];
    expect(JSON.parse(expectSuccess(await command(...args))).notes).toHaveLength(5);
    expect(text).toMatch(/^conv2d +\d/m);
  });

  test("is quantized like any other", async () => {
    const samples = new Float32Array(12 * 3 * 24 * 20).map((_, i) => Math.sin(i * i));
    writeFileSync(folder.file("samples.bin"), new Uint8Array(samples.buffer));
    const args = [
      "quantize",
      "residual.prototxt",
      "residual.caffemodel",
      "-o",
      "residual.qbin",
      "--calibration",
      "samples.bin",
    ];
    expectSuccess(await command(...args, "--record", "data:f32"));
    const { nodes } = await inspect("residual.qbin");
    expect(nodes.filter((node: { runsIn: string }) => node.runsIn === "int8").length).toBeGreaterThan(5);
  });

  test("that is run as it is is told how to become a .qbin", async () => {
    expectRefusal(
      await command("inspect", "plain.prototxt"),
      /plain\.prototxt: this is a Caffe model; convert it first: node \S+ convert plain\.prototxt plain\.caffemodel -o plain\.qbin/,
    );
  });

  test.each<[args: string[], message: RegExp]>([
    [["alone.prototxt"], /alone\.prototxt: this is a Caffe network; name its weights after it, the \.caffemodel/],
    [["plain.caffemodel"], /plain\.caffemodel: this is no TFLite, ONNX or Caffe model; if it is a \.caffemodel/],
    [["plain.caffemodel", "plain.prototxt"], /the \.prototxt of a Caffe network comes first, then the \.caffemodel/],
    [
      ["plain.prototxt", "residual.caffemodel"],
      /plain\.prototxt: 1 operator is not supported: .*its weights \[16,3,3,3\] in the \.caffemodel must be/,
    ],
    [["plain.prototxt", "nothing.caffemodel"], /nothing\.caffemodel/],
    [["plain.prototxt", "weights.bin", "--numerics", "tflite"], /numerics is for TFLite files/],
    [["plain.prototxt", "weights.bin", "--shape", "x=1"], /there is no input named "x"/],
    [["plain.prototxt", "x.qbin"], /x\.qbin: the output would replace the input/],
  ])("convert %j is refused", async (args, message) => {
    expectRefusal(await command("convert", ...args, "-o", "x.qbin"), message);
  });
});
