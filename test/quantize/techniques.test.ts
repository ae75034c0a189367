import { describe, expect, test } from "vitest";
import type { Attributes, ModelData } from "../../host/core/model.js";
import { writeQbin } from "../../host/format/write.js";
import { load } from "../../host/index.js";
import {
  calibrate,
  evaluate,
  measureSensitivity,
  type QuantizeOptions,
  quantize,
  quantizeToBudget,
  type Sample,
} from "../../host/quantize/index.js";
import { search } from "../../host/quantize/techniques/adaptive-rounding.js";
import { equalize } from "../../host/quantize/techniques/equalize.js";
import { collectPatches } from "../../host/quantize/techniques/patches.js";
import { floatsOf } from "../../host/quantize/weights.js";
import { FloatGraph, noise, residual } from "./models.js";

const WINDOW = { dilation: [1, 1], activation: "relu", unsigned: false };

/** conv (stride 2, padded) → depthwise (multiplier 2) → grouped conv → matrix product: every layout of weights. */
function layouts(unevenness = 1): ModelData {
  const graph = new FloatGraph();
  const layer = (
    op: string,
    name: string,
    input: number,
    shape: number[],
    channels: number,
    attributes: Attributes,
  ) => {
    const values = noise(
      shape.reduce((a, b) => a * b),
      name.length * 7,
    );
    // Channels of the first layer differ in size, and the second makes up for it, as in real networks.
    const factor = (c: number) => unevenness ** (c - 2);
    for (let i = 0; i < values.length; i++) {
      if (name === "conv") values[i]! *= factor(Math.floor(i / 27));
      if (name === "depthwise") values[i]! /= factor(Math.floor((i % 8) / 2));
    }
    const weights = graph.constant(`${name}/weights`, shape, values);
    const bias = noise(channels, 3).map((value, c) => (name === "conv" ? value * factor(c) : value));
    return graph.node(op, name, [input, weights, graph.constant(`${name}/bias`, [channels], bias)], attributes);
  };
  const conv = layer("conv2d", "conv", graph.input("image", [1, 6, 6, 3]), [4, 3, 3, 3], 4, {
    ...WINDOW,
    stride: [2, 2],
    padding: [0, 0, 1, 1],
    groups: 1,
  });
  const depthwise = layer("depthwise_conv2d", "depthwise", conv, [1, 3, 3, 8], 8, {
    ...WINDOW,
    stride: [1, 1],
    padding: [1, 1, 1, 1],
  });
  const grouped = layer("conv2d", "grouped", depthwise, [6, 1, 1, 4], 6, {
    ...WINDOW,
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    groups: 2,
  });
  const pooled = graph.node("mean", "pool", [grouped], { axes: [1, 2], keepDims: false, unsigned: false });
  const product = layer("fully_connected", "product", pooled, [5, 6], 5, { activation: "none", unsigned: false });
  return graph.build(product);
}

/** Smooth pictures with some noise: what layers see in use. In plain noise all weights are alike. */
function pictures(count: number, seed: number): Sample[] {
  return Array.from({ length: count }, (_, i) => {
    const [base, across, down] = noise(3, seed + i) as unknown as [number, number, number];
    const grain = noise(108, seed + i + 1);
    const smooth = (k: number) => base + (across * ((k / 3) % 6) + (down * k) / 18) / 6;
    return { inputs: grain.map((value, k) => smooth(k) + 0.2 * value) };
  });
}

const inputs = pictures(64, 1);
const unseen = pictures(100, 9000);

async function noiseOf(graph: ModelData, options: QuantizeOptions): Promise<number> {
  const { graph: result } = await quantize(graph, { samples: inputs, ...options });
  const [model, reference] = await Promise.all([result, graph].map((one) => load(writeQbin(one))));
  return (await evaluate(model!, unseen, { reference: reference! })).signalToNoise!;
}

describe("equalization", () => {
  test("the float model stays what it was", async () => {
    const graph = layouts(30);
    const { graph: equalized, layers } = equalize(graph);
    expect(layers).toEqual(["conv", "depthwise"]);
    const [a, b] = await Promise.all([graph, equalized].map((one) => load(writeQbin(one))));
    // 100 dB is a relative error of 1e-5: rounding of float32, and nothing else.
    expect((await evaluate(a!, unseen, { reference: b! })).signalToNoise).toBeGreaterThan(100);
  });

  test("largest weights of a channel are alike on both sides", () => {
    const { graph } = equalize(layouts(30));
    const weights = (name: string) => floatsOf(graph.tensors.find((tensor) => tensor.name === `${name}/weights`)!);
    const largest = (values: Float32Array, isOf: (i: number) => boolean) =>
      values.reduce((most, value, i) => (isOf(i) ? Math.max(most, Math.abs(value)) : most), 0);
    for (let c = 0; c < 4; c++) {
      const first = largest(weights("conv"), (i) => Math.floor(i / 27) === c);
      // Output channels 2c and 2c + 1 of the depthwise layer read channel c.
      const second = largest(weights("depthwise"), (i) => Math.floor((i % 8) / 2) === c);
      expect(second / first).toBeCloseTo(1, 3);
    }
    for (let c = 0; c < 8; c++) {
      const first = largest(weights("depthwise"), (i) => i % 8 === c);
      const second = largest(weights("grouped"), (i) => Math.floor(i / 12) * 4 + (i % 4) === c);
      expect(second / first).toBeCloseTo(1, 3);
    }
  });

  test("with one scale per tensor, uneven channels lose much and equalized ones little", async () => {
    const graph = layouts(30);
    const plain = await noiseOf(graph, { weights: "per-tensor" });
    const equalized = await noiseOf(graph, { weights: "per-tensor", equalize: true });
    expect(equalized).toBeGreaterThan(plain + 6);
  });

  /** `layouts` with another activation in every layer. */
  function activated(activation: string, unevenness?: number): ModelData {
    const graph = layouts(unevenness);
    const nodes = graph.nodes.map((node) => {
      return "activation" in node.attributes ? { ...node, attributes: { ...node.attributes, activation } } : node;
    });
    return { ...graph, nodes };
  }

  test("a layer that two read, or whose activation does not scale, is left alone", () => {
    expect(equalize(residual()).layers).toEqual([]);
    const graph = activated("relu_n1_to_1");
    const { graph: same, layers, unclipped } = equalize(graph);
    expect([layers, unclipped]).toEqual([[], []]);
    expect(same).toEqual(graph);
  });

  test("relu6 becomes relu where channels are scaled, and nowhere else", () => {
    const graph = activated("relu6", 30);
    const { graph: equalized, layers, unclipped } = equalize(graph);
    expect(unclipped).toEqual(layers);
    const found = equalized.nodes.flatMap(({ attributes }) => attributes["activation"] ?? []);
    expect(found).toEqual(["relu", "relu", "relu6", "relu6"]);
    expect(equalize(layouts()).unclipped).toEqual([]);
  });

  test("the report says where, and what that alone does to the float model", async () => {
    const change = async (size: number) => {
      const graph = activated("relu6");
      const samples = inputs.map((sample) => ({ inputs: (sample.inputs as number[]).map((value) => size * value) }));
      const { report } = await quantize(graph, { samples, equalize: true });
      expect(report.unclipped).toEqual(["conv", "depthwise"]);
      return report.unclippedSignalToNoise!;
    };
    // Nothing reaches 6 in the first, almost everything does in the second.
    expect(await change(0.01)).toBeGreaterThan(100);
    expect(await change(10)).toBeLessThan(20);
    const { report } = await quantize(layouts(), { samples: inputs, equalize: true });
    expect(report.unclipped).toEqual([]);
    expect(report.unclippedSignalToNoise).toBeUndefined();
  });
});

describe("bias correction", () => {
  test("brings the mean of each output back", async () => {
    const graph = layouts();
    const meanError = async (correctBias: boolean) => {
      const { graph: result } = await quantize(graph, { samples: inputs, weightBits: 3, correctBias });
      const [model, reference] = await Promise.all([result, graph].map((one) => load(writeQbin(one))));
      const sums = new Float64Array(5);
      for (const sample of inputs) {
        const [received, expected] = [model!, reference!].map((one) => Object.values(one.predict(sample.inputs))[0]!);
        received!.forEach((value, i) => {
          sums[i % 5]! += value - expected![i]!;
        });
      }
      return sums.reduce((sum, error) => sum + Math.abs(error), 0);
    };
    expect(await meanError(true)).toBeLessThan(0.5 * (await meanError(false)));
  });

  test("is what there is where channels share a scale, and else on request", async () => {
    const bytes = async (options: QuantizeOptions) => {
      return writeQbin((await quantize(layouts(), { samples: inputs, ...options })).graph);
    };
    for (const weights of ["per-tensor", "per-channel"] as const) {
      const [plain, corrected] = [
        await bytes({ weights, correctBias: false }),
        await bytes({ weights, correctBias: true }),
      ];
      expect(plain).not.toEqual(corrected);
      expect(await bytes({ weights })).toEqual(weights === "per-tensor" ? corrected : plain);
    }
  });

  test("gives a bias to a layer that has none", async () => {
    const graph = new FloatGraph();
    const weights = graph.constant("w", [2, 3], [1, 0.3, -0.2, 0.1, -0.7, 0.4]);
    const model = graph.build(
      graph.node("fully_connected", "product", [graph.input("x", [1, 3]), weights, -1], {
        activation: "none",
        unsigned: false,
      }),
    );
    const samples = Array.from({ length: 10 }, (_, i) => ({ inputs: noise(3, i).map((value) => value + 2) }));
    const { graph: result } = await quantize(model, { samples, weightBits: 3, correctBias: true });
    expect(result.tensors.find(({ dtype }) => dtype === "int32")).toMatchObject({ name: "product/bias", shape: [2] });
  });
});

describe("adaptive rounding", () => {
  test("the search is never worse than nearest, and near the best of all choices", () => {
    let [nearest, found, best] = [0, 0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const depth = 8;
      const rows = noise(12 * depth, seed);
      const gram = new Float64Array(depth * depth);
      for (let r = 0; r < 12; r++) {
        for (let i = 0; i < depth; i++)
          for (let k = 0; k < depth; k++)
            gram[i * depth + k]! += (rows[r * depth + i]! + 1) * (rows[r * depth + k]! + 1);
      }
      const real = Float64Array.from(noise(depth, seed + 500), (value) => 3 * value);
      const loss = (q: ArrayLike<number>) => {
        let sum = 0;
        for (let i = 0; i < depth; i++)
          for (let k = 0; k < depth; k++) sum += (q[i]! - real[i]!) * gram[i * depth + k]! * (q[k]! - real[k]!);
        return sum;
      };
      const all = Array.from({ length: 2 ** depth }, (_, bits) =>
        loss(real.map((value, i) => Math.floor(value) + ((bits >> i) & 1))),
      );
      const [one, two, three] = [loss(real.map(Math.round)), loss(search(real, gram, 127)), Math.min(...all)];
      expect(two).toBeLessThanOrEqual(one + 1e-9);
      expect(two).toBeGreaterThanOrEqual(three - 1e-9);
      nearest += one;
      found += two;
      best += three;
    }
    // Single flips get most of what there is to get.
    expect(found - best).toBeLessThan(0.15 * (nearest - best));
  });

  test("stays within the bits there are", () => {
    const gram = Float64Array.from([1, 0.9, 0.9, 1]);
    expect([...search(Float64Array.of(6.9, 7.4), gram, 7)].every((q) => Math.abs(q) <= 7)).toBe(true);
    expect([...search(Float64Array.of(-9, 9), gram, 7)]).toEqual([-7, 7]);
  });

  test("at 3 bits it keeps the outputs better than nearest", async () => {
    const graph = layouts();
    const options: QuantizeOptions = { weightBits: 3 };
    expect(await noiseOf(graph, { ...options, rounding: "adaptive" })).toBeGreaterThan(
      (await noiseOf(graph, options)) + 0.3,
    );
    for (const name of ["conv", "grouped"]) {
      const layers = [
        { match: "*", mode: "float32" },
        { match: name, mode: "static-int8" },
      ] as const;
      const nearest = await noiseOf(graph, { ...options, layers });
      expect(await noiseOf(graph, { ...options, layers, rounding: "adaptive" }), name).toBeGreaterThan(nearest);
    }
  });

  test("patches are what the weights are multiplied with: their products are outputs of the layer", async () => {
    const graph = layouts();
    const patches = await collectPatches(graph, inputs, {});
    const model = await load(writeQbin(graph), { keepAll: true });
    const outputs = new Map(graph.nodes.map(({ name }) => [name, new Set<number>()]));
    for (const sample of inputs) {
      model.predict(sample.inputs);
      for (const [name, seen] of outputs) {
        for (const value of model.tensor(`${name}/out`).data as Float32Array)
          seen.add(Math.fround(Math.round(value * 1e4)));
      }
    }
    const constant = (name: string) => floatsOf(graph.tensors.find((tensor) => tensor.name === name)!);
    const product = (
      name: string,
      row: number,
      pick: (tap: number, k: number) => [input: number, weight: number],
      depth: number,
      c: number,
    ) => {
      const { taps, channels, data } = patches.get(name)!;
      let sum = constant(`${name}/bias`)[c]!;
      for (let tap = 0; tap < taps; tap++) {
        for (let k = 0; k < depth; k++) {
          const [input, weight] = pick(tap, k);
          sum += data[(row * taps + tap) * channels + input]! * constant(`${name}/weights`)[weight]!;
        }
      }
      return name === "product" ? sum : Math.max(sum, 0);
    };
    const near = (name: string, value: number) =>
      [-1, 0, 1].some((d) => outputs.get(name)!.has(Math.round(value * 1e4) + d));
    for (let row = 0; row < 50; row++) {
      expect(
        near(
          "conv",
          product("conv", row, (tap, k) => [k, (2 * 9 + tap) * 3 + k], 3, 2),
        ),
      ).toBe(true);
      expect(
        near(
          "depthwise",
          product("depthwise", row, (tap) => [2, tap * 8 + 5], 1, 5),
        ),
      ).toBe(true);
      expect(
        near(
          "grouped",
          product("grouped", row, (_, k) => [4 + k, 4 * 4 + k], 4, 4),
        ),
      ).toBe(true);
      expect(
        near(
          "product",
          product("product", row, (_, k) => [k, 3 * 6 + k], 6, 3),
        ),
      ).toBe(true);
    }
    // Not every number is an output.
    const strays = Array.from(noise(100, 1), (value) => near("product", 5 * value));
    expect(strays.filter(Boolean).length).toBeLessThan(50);
  });

  test("needs the samples again: a generator is refused, a function is not", async () => {
    function* once(): Generator<Sample> {
      yield* inputs;
    }
    await expect(quantize(layouts(), { samples: once(), rounding: "adaptive" })).rejects.toThrow(
      /the samples are needed again/,
    );
    const { graph } = await quantize(layouts(), { samples: once, rounding: "adaptive" });
    expect(graph.nodes).toHaveLength(5);
    const calibration = await calibrate(layouts(), once());
    await expect(quantize(layouts(), { calibration, rounding: "adaptive" })).rejects.toThrow(/needs samples beside/);
  });
});

describe("sensitivity and recipe", () => {
  /** The first layer's weights are so uneven that one scale ruins it. */
  const graph = layouts(4);
  const options: QuantizeOptions = { samples: inputs, weights: "per-tensor", weightBits: 4 };

  test("is of the layer alone, not of relu6 that equalization took away", async () => {
    const nodes = layouts().nodes.map((node) => {
      return "activation" in node.attributes
        ? { ...node, attributes: { ...node.attributes, activation: "relu6" } }
        : node;
    });
    const graph = { ...layouts(), nodes };
    const large = inputs.map((sample) => ({ inputs: (sample.inputs as number[]).map((value) => 10 * value) }));
    const { report } = await quantize(graph, { samples: large, equalize: true });
    expect(report.unclippedSignalToNoise).toBeLessThan(20);
    const found = await measureSensitivity(graph, { samples: large, equalize: true }, large.slice(0, 20));
    expect(found).toHaveLength(4);
    expect(found).toEqual(await measureSensitivity(equalize(graph).graph, { samples: large }, large.slice(0, 20)));
  });

  test("the layer that suffers most comes first", async () => {
    const found = await measureSensitivity(graph, options, unseen.slice(0, 16));
    expect(found).toHaveLength(4);
    const sorted = found.map(({ signalToNoise }) => signalToNoise).sort((a, b) => a - b);
    expect(found.map(({ signalToNoise }) => signalToNoise)).toEqual(sorted);
  });

  const labelled = (count: number) => async () => {
    const float = await load(writeQbin(graph));
    return pictures(count, 7000).map((sample) => {
      const scores = Object.values(float.predict(sample.inputs))[0]!;
      return { ...sample, label: scores.indexOf(Math.max(...scores)) };
    });
  };

  test("a loose budget holds at once", async () => {
    const validation = await labelled(100)();
    const result = await quantizeToBudget(graph, { ...options, validation, maxLoss: 0.9 });
    expect(result.attempts.map(({ what }) => what)).toEqual(["min-max"]);
    expect(result.floatTop1).toBe(1);
  });

  test("a tight one takes more, and ends with layers in float32", async () => {
    const validation = await labelled(200)();
    const seen: string[] = [];
    const tight = {
      ...options,
      weightBits: 2,
      validation,
      maxLoss: 0.04,
      onAttempt: ({ what }: { what: string }) => seen.push(what),
    };
    const result = await quantizeToBudget(graph, tight);
    expect(result.attempts.map(({ what }) => what)).toEqual(seen);
    expect(seen.length).toBeGreaterThan(6);
    expect(result.attempts.at(-1)!.loss).toBeLessThanOrEqual(0.04);
    expect(result.attempts.slice(0, -1).every(({ loss }) => loss > 0.04)).toBe(true);
    expect(result.report.nodes.some(({ wanted }) => wanted === "float32")).toBe(true);
  });

  test("a mode that none of it is for is refused", async () => {
    const options = { mode: "float16", samples: inputs, validation: unseen, maxLoss: 0.5 } as const;
    await expect(quantizeToBudget(layouts(), options)).rejects.toThrow(
      "for static-int8 and power-of-two, not for float16",
    );
  });

  test("one that cannot hold is an error that names the closest", async () => {
    const validation = pictures(300, 7000).map((sample) => ({ ...sample, label: 0 }));
    await expect(quantizeToBudget(graph, { ...options, weightBits: 2, validation, maxLoss: -0.1 })).rejects.toThrow(
      /^maxLoss -0.1/,
    );
    await expect(
      quantizeToBudget(graph, {
        ...options,
        weightBits: 2,
        validation: pictures(300, 7000).map(({ inputs }) => ({ inputs })),
        maxLoss: 0,
      }),
    ).rejects.toThrow(/^nothing that was tried loses at most 0.00 points; closest was ".*" with \d/);
  });
});
