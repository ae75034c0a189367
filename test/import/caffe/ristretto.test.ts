import { describe, expect, test } from "vitest";
import type { ModelData, Node } from "../../../host/core/model.js";
import { roundHalfEven } from "../../../host/core/rounding.js";
import { importCaffeWithNotes } from "../../../host/import/index.js";
import { prepare } from "../../../host/passes/index.js";
import { runReference } from "../../../host/reference/index.js";
import { floatsOf, pair, readJson, run, type Values } from "./models.js";

interface Network {
  readonly inputs: Values;
  readonly output: string;
  readonly blobs: Values;
  /** The same for ties that go away from zero. */
  readonly away: Values;
  /** Numbers that would be others if ties were rounded away from zero. */
  readonly ties: number;
}

const networks: Record<string, Network> = readJson("ristretto.json.gz");

/** Nodes of products that do not compute in int8, and why. */
const NOTES: Readonly<Record<string, readonly { node: string; reason: RegExp }[]>> = {
  ristretto: [],
  ristretto_residual: [],
  ristretto_between: [],
  // Without a ReLU behind it, and outside of what one makes right.
  ristretto_large: [{ node: "conv3/scaled", reason: /^the bias of channel \d+ lies between two units/ }],
  ristretto_mixed: [
    { node: "wide/scaled", reason: /^its activations have 16 bits$/ },
    { node: "wide2/sums", reason: /^its activations have 16 bits; ties of its sums round up$/ },
    { node: "precise/sums", reason: /^its weights have 12 bits$/ },
    { node: "weights/sums", reason: /^its output has 32 bits$/ },
    { node: "fc/sums", reason: /^its activations have 10 bits$/ },
  ],
};

describe.each(Object.entries(networks))("%s", (name, { inputs, output, blobs, away, ties }) => {
  const read = (options = {}) => importCaffeWithNotes(...pair(name), { name: `${name}.prototxt`, ...options });

  function expectBlobs(
    data: ModelData,
    names: readonly string[],
    results: readonly Float32Array[],
    expected = blobs,
  ): void {
    names.forEach((blob, i) => {
      const wanted = floatsOf(expected[blob]!);
      const shown = `${blob}, a ${data.tensors[data.outputs[i]!]!.shape}`;
      expect(
        results[i]!.reduce((count, x, at) => count + (x === wanted[at] ? 0 : 1), 0),
        `numbers that differ in ${shown}`,
      ).toBe(0);
      expect(results[i]!.length).toBe(wanted.length);
    });
  }

  test("every blob has the very numbers of Ristretto's arithmetic", async () => {
    const names = Object.keys(blobs);
    const { model } = read({ outputs: names });
    for (const data of [model, prepare(model)]) {
      expect(data.outputs.map((index) => data.tensors[index]!.name)).toEqual(names);
      expectBlobs(data, names, await run(data, inputs));
      const reference = runReference(data, Object.values(inputs).map(floatsOf));
      const results = data.outputs.map((index) => reference[index] as Float32Array);
      expectBlobs(data, names, results);
    }
  });

  test.each([
    "scalar",
    "simd",
    undefined,
  ])("so it is on module %s, undefined being the best there is", async (module) => {
    const data = prepare(read().model);
    expectBlobs(data, [output], await run(data, inputs, module && { module }));
  });

  test("and so are those of its CPU code, which rounds ties away from zero", async () => {
    const names = Object.keys(away);
    if (name === "ristretto_mixed") {
      expect(() => read({ ties: "away" })).toThrow("it rounds ties of 32 bits away from zero; up to 16 are taken");
      names.splice(names.indexOf("weights"));
    }
    const { model } = read({ ties: "away", outputs: names });
    for (const data of [model, prepare(model)]) expectBlobs(data, names, await run(data, inputs), away);
  });

  test("says which layers are not int8, and why", () => {
    const { model, notes } = read();
    expect(notes).toEqual(NOTES[name]!.map(({ node, reason }) => ({ node, reason: expect.stringMatching(reason) })));
    const isProduct = ({ op }: Node) => /conv|connected/.test(op);
    const others = model.nodes.filter((node) => isProduct(node) && model.tensors[node.outputs[0]!]!.dtype !== "int8");
    const layerOf = (node: string) => node.replace(/\/.*/, "");
    expect(others.map((node) => layerOf(node.name))).toEqual(notes.map(({ node }) => layerOf(node)));
  });

  test("in between, integers of 8 bits stay integers", () => {
    const small = prepare(read().model);
    const isFloat = (index: number) => small.tensors[index]!.dtype === "float32";
    const computing = small.nodes.filter(({ op, outputs }) => isFloat(outputs[0]!) && !/quantize|transpose/.test(op));
    if (/mixed|large/.test(name)) expect(computing.length).toBeGreaterThan(0);
    else expect(computing.map((node) => node.name)).toEqual([]);
  });

  test("ties are seen", () => expect(ties).toBeGreaterThan(0));
});

describe("a scale of the next float32 above 2^−n", () => {
  const f = Math.fround;
  const rectified = (units: number) => Math.min(Math.max(units, 0), 127);
  test.each(Array.from({ length: 14 }, (_, i) => i + 1))("n = %i: rounds m + fraction, up to a ReLU", (n) => {
    const scale = f(2 ** -n * (1 + 2 ** -23));
    const wrong: number[] = [];
    const sums = [0, 2 ** 12, 2 ** 21, 2 ** 22, 2 ** 23, 2 ** 24, 2 ** 30, 127 * 2 ** n];
    for (const near of sums.flatMap((sum) => [sum, -sum])) {
      for (let m = near - 2 ** 15; m < near + 2 ** 15; m++) {
        const ours = rectified(roundHalfEven(f(f(m) * scale)));
        for (const fraction of [0.125, 0.5, 0.875]) {
          if (ours !== rectified(roundHalfEven((m + fraction) * 2 ** -n))) wrong.push(m + fraction);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
