import { describe, expect, test } from "vitest";
import { importCaffe, supportedCaffeLayers } from "../../../host/import/index.js";
import { prepare } from "../../../host/passes/index.js";
import { runReference } from "../../../host/reference/index.js";
import { bytesOf, floatsOf, pair, type Recorded, readJson, run, type Values } from "./models.js";

interface Case {
  readonly name: string;
  readonly by: "OpenCV" | "definition";
  readonly prototxt: string;
  readonly caffemodel: string;
  readonly inputs: Values;
  readonly outputs: Values;
}

const { tests }: { tests: Case[] } = readJson("layers.json.gz");
const { networks }: { networks: Record<string, Pick<Case, "inputs" | "outputs">> } = readJson("networks.json.gz");

const networkText = (name: string) => new TextDecoder().decode(pair(name)[0]);

/** OpenCV names outputs by layers and orders them as it likes; here there is one, or shapes and values tell them apart. */
function expectOutputs(actual: readonly Float32Array[], expected: Values): void {
  const left = Object.values(expected);
  expect(actual).toHaveLength(left.length);
  for (const values of actual) {
    const at = left.findIndex((wanted) => isClose(values, floatsOf(wanted)));
    if (at === -1) expectClose(values, floatsOf(left[0] as Recorded));
    left.splice(at, 1);
  }
}

describe("OpenCV's outputs, or what a definition says", () => {
  test("tests and networks have all layers that are taken, but for Ristretto's", () => {
    const files = [...tests.map(({ prototxt }) => prototxt), ...Object.keys(networks).map(networkText)];
    const types = new Set(files.flatMap((text) => [...text.matchAll(/\btype: "(\w+)"/g)].map(([, type]) => type)));
    expect(supportedCaffeLayers().filter((type) => !types.has(type))).toEqual(
      "ConvolutionRistretto DeconvolutionRistretto FcRistretto".split(" "),
    );
  });

  test.each(tests)("of $name, by $by", async ({ prototxt, caffemodel, inputs, outputs }) => {
    const data = importCaffe(new TextEncoder().encode(prototxt), bytesOf(caffemodel));
    expectOutputs(await run(data, inputs), outputs);
    expectOutputs(await run(prepare(data), inputs), outputs);
    const reference = runReference(data, Object.values(inputs).map(floatsOf));
    expectOutputs(
      data.outputs.map((index) => reference[index] as Float32Array),
      outputs,
    );
  });

  test.each(Object.entries(networks))("of the network %s", async (name, { inputs, outputs }) => {
    const data = importCaffe(...pair(name), { name: `${name}.prototxt` });
    expectOutputs(await run(data, inputs), outputs);
    const small = prepare(data);
    expectOutputs(await run(small, inputs), outputs);
    // The picture is turned once, at the entrance; results that are pictures, once more.
    const pictures = small.outputs.filter((index) => small.tensors[index]!.shape.length === 4).length;
    expect(small.nodes.filter(({ op }) => op === "transpose")).toHaveLength(1 + (name === "segment" ? pictures : 0));
  });
});

/** Sums are taken in another order: errors of a few float32 roundings of the largest term. */
function errorOf(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return expected.reduce((most, x, i) => Math.max(most, Math.abs(x - (actual[i] as number))), 0) / largest;
}

function isClose(actual: Float32Array, expected: Float32Array): boolean {
  return actual.length === expected.length && errorOf(actual, expected) < 3e-6;
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  expect(errorOf(actual, expected)).toBeLessThan(3e-6);
}
