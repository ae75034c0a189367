import { describe, expect, test } from "vitest";
import type { ModelData } from "../../host/core/model.js";
import { writeQbin } from "../../host/format/write.js";
import { load } from "../../host/index.js";
import {
  CALIBRATORS,
  calibrate,
  evaluate,
  type QuantizeOptions,
  quantize,
  type Sample,
} from "../../host/quantize/index.js";
import { ADD, FloatGraph, images, noise, residual, SOFTMAX } from "./models.js";

const kinds = ({ nodes, tensors }: ModelData) =>
  nodes.map(({ op, name, outputs }) => `${name} ${op} ${tensors[outputs[0]!]!.dtype}`);
const paramsOf = ({ tensors }: ModelData, name: string) => tensors.find((tensor) => tensor.name === name)?.quantization;

/** Σ error² / Σ signal² of the quantized outputs, over samples that calibration did not see. */
async function distance(float: ModelData, quantized: ModelData, samples: readonly Sample[]): Promise<number> {
  const models = await Promise.all([float, quantized].map((graph) => load(writeQbin(graph))));
  let [error, signal] = [0, 0];
  for (const { inputs } of samples) {
    const [expected, received] = models.map((model) => Object.values(model.predict(inputs))[0]!) as [
      Float32Array,
      Float32Array,
    ];
    expected.forEach((value, i) => {
      error += (received[i]! - value) ** 2;
      signal += value ** 2;
    });
  }
  return error / signal;
}

describe("static-int8", () => {
  const graph = residual();

  test("every node becomes int8, inputs and outputs too", async () => {
    const { graph: result, report } = await quantize(graph, { samples: images(20) });
    expect(kinds(result)).toEqual([
      "first conv2d int8",
      "second conv2d int8",
      "sum add int8",
      "pool mean int8",
      "scores softmax int8",
    ]);
    expect(report.nodes.every(({ wanted, mode }) => wanted === "static-int8" && mode === wanted)).toBe(true);
    expect(paramsOf(result, "scores/out")).toEqual({ scale: [1 / 256], zeroPoint: -128 });
    expect(result.tensors.filter(({ dtype }) => dtype === "float32")).toEqual([]);
    expect(report.tensors.map(({ name }) => name)).toEqual([
      "image",
      "first/out",
      "second/out",
      "sum/out",
      "pool/out",
      "scores/out",
    ]);
  });

  test.each(CALIBRATORS)("calibrator %s: near the float model on inputs it has not seen", async (calibrator) => {
    const { graph: result } = await quantize(graph, { samples: images(50), calibrator });
    // Steps of 1/256 between probabilities around 1/8. The average of extremes cuts off a good part of noise.
    const bound = calibrator === "moving-average" ? 2e-2 : 2e-3;
    expect(await distance(graph, result, images(50, 5000))).toBeLessThan(bound);
  });

  test.each<[QuantizeOptions, number]>([
    [{ weights: "per-tensor" }, 2e-3],
    [{ activations: "symmetric" }, 2e-3],
    [{ weightClip: "mse" }, 2e-3],
    [{ numerics: "tflite" }, 2e-3],
    [{ interface: "float32" }, 2e-3],
    [{ mode: "power-of-two" }, 1e-2],
    [{ weightBits: 4 }, 5e-2],
  ])("%j", async (options, bound) => {
    const { graph: result } = await quantize(graph, { samples: images(50), ...options });
    const found = await distance(graph, result, images(50, 5000));
    expect(found).toBeLessThan(bound);
    expect(found).toBeGreaterThan(0);
  });

  test("power-of-two: every scale is one, every zero point 0 but where softmax prescribes it", async () => {
    const { graph: result } = await quantize(graph, { samples: images(20), mode: "power-of-two" });
    const all = result.tensors.flatMap(({ name, quantization }) =>
      quantization && name !== "scores/out" ? [quantization] : [],
    );
    expect(all.length).toBe(7);
    for (const { scale, zeroPoint } of all) {
      expect(zeroPoint).toBe(0);
      expect(scale).toHaveLength(1);
      expect(Number.isInteger(Math.log2(scale[0]!))).toBe(true);
    }
  });

  test("interface float32: the names stay with the float tensors", async () => {
    const { graph: result } = await quantize(graph, { samples: images(20), interface: "float32" });
    const type = (i: number) => `${result.tensors[i]!.name} ${result.tensors[i]!.dtype}`;
    expect([...result.inputs, ...result.outputs].map(type)).toEqual(["image float32", "scores/out float32"]);
    expect(kinds(result).filter((kind) => /quantize/.test(kind))).toEqual([
      "image/quantize quantize int8",
      "scores/dequantize dequantize float32",
    ]);
  });

  test("the same bytes each time, from samples or from what calibration found", async () => {
    const calibration = await calibrate(graph, images(20));
    const [a, b] = await Promise.all([quantize(graph, { samples: images(20) }), quantize(graph, { calibration })]);
    expect(writeQbin(a.graph)).toEqual(writeQbin(b.graph));
  });
});

describe("layers", () => {
  const graph = residual();

  test("one in float32 gets conversions around it", async () => {
    const layers = [{ match: "sec*", mode: "float32" }] as const;
    const { graph: result, report } = await quantize(graph, { samples: images(20), layers });
    expect(kinds(result)).toEqual([
      "first conv2d int8",
      "first/dequantize dequantize float32",
      "second conv2d float32",
      "second/quantize quantize int8",
      "sum add int8",
      "pool mean int8",
      "scores softmax int8",
    ]);
    expect(report.nodes[1]).toEqual({ node: "second", op: "conv2d", wanted: "float32", mode: "float32" });
    expect(await distance(graph, result, images(50, 5000))).toBeLessThan(2e-3);
  });

  test("a pattern may name a tensor, and the last one counts", async () => {
    const layers = [
      { match: "*", mode: "float32" },
      { match: "f?rst/out", mode: "static-int8" },
    ] as const;
    const { graph: result } = await quantize(graph, { samples: images(20), layers });
    expect(kinds(result)[0]).toBe("first conv2d int8");
    expect(kinds(result).filter((kind) => kind.endsWith("int8"))).toHaveLength(1);
  });

  test("all in float32 is the model as it was, and needs no samples", async () => {
    const { graph: result } = await quantize(graph, { mode: "float32" });
    expect(writeQbin(result)).toEqual(writeQbin(graph));
  });

  test("a pattern that matches nothing is refused", async () => {
    const layers = [{ match: "conv.*", mode: "float32" }] as const;
    await expect(quantize(graph, { samples: images(20), layers })).rejects.toThrow(
      /pattern "conv\.\*" matches no layer of the 5, which are "first", "second", "sum"/,
    );
  });
});

describe("tensors that share parameters", () => {
  const concatenation = (graph: FloatGraph, inputs: readonly number[]) =>
    graph.node("concatenation", "joined", inputs, { axis: 3 });

  test.each([true, false])("a mean over whole pictures is a pool in int16 (dimensions kept: %s)", async (keepDims) => {
    const graph = new FloatGraph();
    const conv = graph.conv("conv", graph.input("image", [1, 6, 6, 3]), [8, 3, 3, 3], 1);
    const model = graph.build(graph.node("mean", "pool", [conv], { axes: [1, 2], keepDims, unsigned: false }));
    const { graph: result, report } = await quantize(model, { mode: "int16", samples: images(20) });
    expect(report.nodes.map(({ mode }) => mode)).toEqual(["int16", "int16"]);
    const ops = ["quantize", "conv2d", "average_pool2d", ...(keepDims ? [] : ["reshape"]), "dequantize"];
    expect(result.nodes.map(({ op }) => op)).toEqual(ops);
    expect(result.tensors[result.outputs[0]!]!.shape).toEqual(keepDims ? [1, 1, 1, 8] : [1, 8]);
    const [quantized, float] = await Promise.all([result, model].map((one) => load(writeQbin(one))));
    // Its weights have 8 bits, and rounding them is all that is lost.
    const { signalToNoise } = await evaluate(quantized!, images(20, 900), { reference: float! });
    expect(signalToNoise).toBeGreaterThan(35);
  });

  test.each([
    ["the whole picture", "mean", [6, 6], [0, 0, 0, 0]],
    ["it and its padding", "mean", [8, 8], [1, 1, 1, 1]],
    ["a part of it", "average_pool2d", [4, 4], [0, 0, 0, 0]],
  ])("a pool over %s is %s in int8", async (_, op, filter, padding) => {
    const graph = new FloatGraph();
    const conv = graph.conv("conv", graph.input("image", [1, 6, 6, 3]), [8, 3, 3, 3], 1);
    const pool = { filter, stride: [4, 4], padding, activation: "none", unsigned: false };
    const model = graph.build(graph.node("average_pool2d", "pool", [conv], pool));
    const { graph: result, report } = await quantize(model, { samples: images(20) });
    expect(result.nodes.map((node) => node.op)).toEqual(["conv2d", op]);
    const [before, after] = report.tensors.slice(-2).map(({ params }) => params.scale[0]!);
    // Averages are smaller than what they are averages of, and with a scale of their own they use all of its steps.
    if (op === "mean") expect(after).toBeLessThan(0.7 * before!);
    else expect(after).toBe(before);
    const [quantized, float] = await Promise.all([result, model].map((one) => load(writeQbin(one))));
    const { signalToNoise } = await evaluate(quantized!, images(20, 900), { reference: float! });
    expect(signalToNoise).toBeGreaterThan(35);
  });

  test("pools, reshapes and concatenations hand them on", async () => {
    const graph = new FloatGraph();
    const input = graph.input("image", [1, 6, 6, 3]);
    const a = graph.conv("a", input, [4, 3, 3, 3], 1);
    const b = graph.conv("b", input, [4, 1, 1, 3], 3);
    const pool = { filter: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], activation: "none", unsigned: false };
    const model = graph.build(graph.node("max_pool2d", "pool", [concatenation(graph, [a, b])], pool));
    const { graph: result, report } = await quantize(model, { samples: images(20) });
    const names = ["a/out", "b/out", "joined/out", "pool/out"];
    const [first, ...others] = names.map((name) => paramsOf(result, name));
    for (const other of others) expect(other).toEqual(first);
    const { range } = report.tensors.find(({ name }) => name === "pool/out")!;
    const { tensors } = await calibrate(model, images(20));
    expect(range?.max).toBe(Math.max(tensors.get("a/out")!.max, tensors.get("b/out")!.max));
    expect(await distance(model, result, images(20, 5000))).toBeLessThan(1e-3);
  });

  test("a softmax keeps its own: beside others it is requantized", async () => {
    const graph = new FloatGraph();
    const input = graph.input("image", [1, 6, 6, 3]);
    const a = graph.conv("a", input, [4, 3, 3, 3], 1);
    const scores = graph.node("softmax", "scores", [a], SOFTMAX);
    const model = graph.build(concatenation(graph, [a, scores]));
    const { graph: result } = await quantize(model, { samples: images(20) });
    expect(kinds(result)).toContain("scores/out/requantize requantize int8");
    expect(paramsOf(result, "scores/out")).toEqual({ scale: [1 / 256], zeroPoint: -128 });
    expect(paramsOf(result, "joined/out")).toEqual(paramsOf(result, "a/out"));
    expect(await distance(model, result, images(20, 5000))).toBeLessThan(1e-3);
  });

  test("constants that nodes compute on are quantized by their own values", async () => {
    const graph = new FloatGraph();
    const input = graph.input("image", [1, 6, 6, 3]);
    const shift = graph.constant("shift", [3], [-1, 0, 3]);
    const model = graph.build(graph.node("add", "sum", [input, shift], ADD));
    const { graph: result } = await quantize(model, { samples: images(20) });
    const constant = result.tensors.find(({ name }) => name === "shift")!;
    expect(constant).toMatchObject({ dtype: "int8", quantization: { scale: [Math.fround(4 / 255)], zeroPoint: -64 } });
    expect([...new Int8Array(constant.data!)]).toEqual([-128, -64, 127]);
    expect(await distance(model, result, images(20, 5000))).toBeLessThan(1e-3);
  });
});

describe("what cannot be int8", () => {
  test("a node whose scales its arithmetic does not take stays float32, and the report says why", async () => {
    const graph = new FloatGraph();
    const input = graph.input("x", [1, 4]);
    // From −1000 to 0.01 hard_swish gives −0.37 to 0.005: the output's scale is far below the input's / 128.
    const model = graph.build(graph.node("hard_swish", "swish", [input]));
    const samples = Array.from({ length: 10 }, () => ({ inputs: [-1000, -1.5, 0, 0.01] }));
    const { graph: result, report } = await quantize(model, { samples });
    expect(kinds(result)).toEqual(["swish hard_swish float32"]);
    expect(report.nodes[0]).toMatchObject({
      wanted: "static-int8",
      mode: "float32",
      why: expect.stringMatching(/hard_swish/),
    });
  });

  test("a node that hands on floats between floats stays float32", async () => {
    const graph = new FloatGraph();
    const a = graph.conv("a", graph.input("image", [1, 6, 6, 3]), [4, 3, 3, 3], 1);
    const flat = graph.node("reshape", "flat", [a], { shape: [36, 4] });
    const model = graph.build(graph.node("softmax", "scores", [flat], SOFTMAX));
    const layers = [
      { match: "a", mode: "float32" },
      { match: "scores", mode: "float32" },
    ] as const;
    const { report, graph: result } = await quantize(model, { samples: images(20), layers });
    expect(report.nodes[1]).toMatchObject({ mode: "float32", why: "it hands on values that are float32" });
    expect(writeQbin(result)).toEqual(writeQbin(model));
  });

  test("a reshape of the input before the first layer is int8 with it", async () => {
    const graph = new FloatGraph();
    const flat = graph.node("reshape", "flat", [graph.input("x", [108])], { shape: [1, 6, 6, 3] });
    const model = graph.build(graph.conv("a", flat, [4, 3, 3, 3], 1));
    expect(kinds((await quantize(model, { samples: images(20) })).graph)).toEqual([
      "flat reshape int8",
      "a conv2d int8",
    ]);
  });
});

describe("refusals", () => {
  const graph = residual();
  const samples = images(20);

  test("a tensor that is always 0 is named", async () => {
    const dead = Array.from({ length: 10 }, () => ({ inputs: new Float32Array(108) }));
    await expect(quantize(graph, { samples: dead })).rejects.toThrow(/^tensor "image" is 0 in all 10 samples/);
  });

  test.each<[QuantizeOptions, RegExp]>([
    [{}, /activations need samples/],
    [{ mode: "int16" }, /activations need samples/],
    [{ mode: "weight-only", weightBits: 5 }, /^weightBits 5: mode weight-only stores 8 or 4/],
    [{ mode: "codebook", group: 0 }, /^group 0: must be a whole number from 1/],
    [{ samples, mode: "int4" as never }, /^mode "int4": must be one of static-int8/],
    [{ samples, calibrator: "kl" as never }, /^calibrator "kl": must be one of min-max/],
    [{ samples, weightBits: 9 }, /^weightBits 9: must be a whole number from 2 to 8/],
    [{ samples, calibrator: "percentile", percentile: 3 }, /^percentile 3/],
    [{ samples, layers: [{ match: "first", mode: "power-of-two" }] }, /cannot be mixed/],
    [{ samples, layers: [{ match: "first", mode: "best" as never }] }, /^the mode of layers "first" "best"/],
    [{ samples, momentum: 2 }, /^momentum 2/],
    [
      { mode: "weight-only", rounding: "adaptive" },
      /^rounding adaptive: changes nothing in mode weight-only; it is for static/,
    ],
    [
      { mode: "float16", calibrator: "mse" },
      /^calibrator mse: changes nothing in mode float16; it is for static-int8, power/,
    ],
    [{ mode: "codebook", weightBits: 4 }, /^weightBits 4: changes nothing in mode codebook/],
    [{ samples, group: 16 }, /^group 16: changes nothing in mode static-int8; it is for weight-only, codebook/],
    [{ samples, mode: "int16", correctBias: true }, /^correctBias true: changes nothing in mode int16/],
  ])("%j", async (options, message) => {
    await expect(quantize(graph, options)).rejects.toThrow(message);
  });

  test("a model that is quantized already", async () => {
    const { graph: result } = await quantize(graph, { samples });
    await expect(quantize(result, { samples })).rejects.toThrow(/"test" is quantized already: tensor "image" is int8/);
  });

  test("a calibration of another model", async () => {
    const other = new FloatGraph();
    const model = other.build(other.node("softmax", "s", [other.input("x", [1, 4])], SOFTMAX));
    const calibration = await calibrate(
      model,
      Array.from({ length: 10 }, (_, i) => ({ inputs: noise(4, i) })),
    );
    await expect(quantize(graph, { calibration })).rejects.toThrow(/the calibration is of another model than this/);
  });
});
