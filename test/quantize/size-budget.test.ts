import { describe, expect, test } from "vitest";
import type { ModelData } from "../../host/core/model.js";
import { writeQbin } from "../../host/format/write.js";
import { load } from "../../host/index.js";
import {
  evaluate,
  measureSensitivity,
  type QuantizeOptions,
  quantize,
  quantizeToSize,
} from "../../host/quantize/index.js";
import { ADD, FloatGraph, images, noise } from "./models.js";

const samples = images(40);
const unseen = images(60, 5000).map(({ inputs }) => ({ inputs }));

/** Four convolutions of equal size; the third has a weight so large that 4 bits leave little of the others in its group. */
function uneven(): ModelData {
  const graph = new FloatGraph();
  let x = graph.conv("layer0", graph.input("image", [1, 6, 6, 3]), [16, 3, 3, 3], 1);
  for (const n of [1, 2, 3]) {
    const values = noise(16 * 9 * 16, n).map((value, i) => (n === 3 && i % 32 === 0 ? 12 * value : value / 4));
    const weights = graph.constant(`layer${n}/weights`, [16, 3, 3, 16], values);
    const bias = graph.constant(`layer${n}/bias`, [16], noise(16, 7 * n));
    const window = { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 1, activation: "relu" };
    x = graph.node("conv2d", `layer${n}`, [x, weights, bias], { ...window, unsigned: false });
  }
  return graph.build(graph.node("add", "sum", [x, x], ADD));
}

const graph = uneven();
const bytesOf = async (options: QuantizeOptions) =>
  writeQbin((await quantize(graph, { samples, ...options })).graph).length;

async function noiseOf(result: ModelData): Promise<number> {
  const [model, reference] = await Promise.all([result, graph].map((one) => load(writeQbin(one))));
  return (await evaluate(model!, unseen, { reference: reference! })).signalToNoise!;
}

describe("bits of some layers", () => {
  test("weight-only stores 8 or 4 bits, layer by layer", async () => {
    const layers = [
      { match: "layer1", mode: "weight-only", weightBits: 4 },
      { match: "layer2", mode: "weight-only" },
    ] as const;
    const { graph: result } = await quantize(graph, { samples, layers });
    const dtypes = [0, 1, 2, 3].map((n) => result.tensors.find(({ name }) => name === `layer${n}/weights`)?.dtype);
    expect(dtypes).toEqual(["int8", "int4", "int8", "int8"]);
    const floats = result.nodes.filter(({ outputs: [output] }) => result.tensors[output!]?.dtype === "float32");
    expect(floats.map(({ name }) => name)).toEqual(expect.arrayContaining(["layer1", "layer2"]));
  });

  test.each([
    [
      { match: "layer1", mode: "static-int8", weightBits: 4 },
      'layers "layer1": weightBits of some layers is for weight-only',
    ],
    [{ match: "layer1", mode: "weight-only", weightBits: 5 }, 'layers "layer1": weightBits 5: must be 8 or 4'],
  ])("%j is refused", async (layer, message) => {
    await expect(quantize(graph, { samples, layers: [layer as never] })).rejects.toThrow(message);
  });
});

describe("a size budget", () => {
  test("that the model as asked holds changes nothing", async () => {
    const plain = await quantize(graph, { samples });
    const { graph: result, reductions } = await quantizeToSize(graph, {
      samples,
      maxBytes: writeQbin(plain.graph).length,
    });
    expect(reductions).toEqual([]);
    expect(writeQbin(result)).toEqual(writeQbin(plain.graph));
  });

  test.each([
    "static-int8",
    "weight-only",
    "float16",
    "float32",
    "dynamic-range",
    "int16",
  ] as const)("%s: holds, with as few layers as needed and the least sensitive first", async (mode) => {
    const full = await bytesOf({ mode });
    const maxBytes = full - 1000;
    const { graph: result, reductions } = await quantizeToSize(graph, { mode, samples, maxBytes });
    expect(writeQbin(result).length).toBeLessThanOrEqual(maxBytes);
    const fewer = reductions.slice(0, -1).map(({ node, mode, weightBits }) => {
      return { match: node, mode, ...(weightBits && { weightBits }) };
    });
    expect(await bytesOf({ mode, layers: fewer })).toBeGreaterThan(maxBytes);
    expect(reductions.map(({ node }) => node)).not.toContain("layer3");
  });

  test("what gives way is what does least harm: better than the same number of the most sensitive", async () => {
    const maxBytes = (await bytesOf({})) - 500;
    const { graph: result, reductions } = await quantizeToSize(graph, { samples, maxBytes });
    const order = await measureSensitivity(graph, { mode: "weight-only", weightBits: 4 }, unseen);
    const worst = order.slice(0, reductions.length).map(({ node }) => {
      return { match: node, mode: "weight-only", weightBits: 4 } as const;
    });
    expect(worst.length).toBe(1);
    const { graph: other } = await quantize(graph, { samples, layers: worst });
    expect(await noiseOf(result)).toBeGreaterThan((await noiseOf(other)) + 3);
  });

  test("smaller budgets take more layers", async () => {
    const full = await bytesOf({});
    const counts: number[] = [];
    for (const less of [500, 1500, 2500]) {
      const { reductions } = await quantizeToSize(graph, { samples, maxBytes: full - less });
      counts.push(reductions.length);
    }
    expect(counts[0]).toBeLessThan(counts[1]!);
    expect(counts[1]).toBeLessThan(counts[2]!);
  });

  test("layers that are named keep their mode", async () => {
    const layers = [{ match: "layer?", mode: "static-int8" }] as const;
    await expect(quantizeToSize(graph, { samples, layers, maxBytes: 3000 })).rejects.toThrow(
      /^nothing fits into 3000 bytes: the file has (\d+), and \1 with every layer as small as it can be$/,
    );
  });

  test("that nothing holds is an error with the sizes there are", async () => {
    await expect(quantizeToSize(graph, { samples, maxBytes: 2000 })).rejects.toThrow(
      /^nothing fits into 2000 bytes: the file has \d+, and \d+ with every layer as small as it can be$/,
    );
  });

  test.each([0, -5, Number.NaN])("of %d is refused", async (maxBytes) => {
    await expect(quantizeToSize(graph, { samples, maxBytes })).rejects.toThrow(`maxBytes ${maxBytes}: must be above 0`);
  });

  test("needs samples", async () => {
    await expect(quantizeToSize(graph, { mode: "float16", maxBytes: 9000 })).rejects.toThrow("it needs samples");
  });
});
