import { describe, expect, test } from "vitest";
import { isBfloat16 } from "../../../host/core/quantization.js";
import { readQbin } from "../../../host/format/read.js";
import { writeQbin } from "../../../host/format/write.js";
import { verifyGraph } from "../../../host/graph/verify.js";
import { WEIGHT_ONLY_DEFAULTS, weightOnly } from "../../../host/quantize/modes/weight-only.js";
import { ALL, deepModel, floatModel, weightsOf, worst } from "./models.js";

const INT8 = { ...WEIGHT_ONLY_DEFAULTS, bits: 8, clip: "max" } as const;
const INT4 = { ...WEIGHT_ONLY_DEFAULTS, bits: 4 } as const;
const NODES = ["conv", "depthwise", "a", "b"];

describe("weightOnly", () => {
  test("int8: a scale per output channel, every weight within half a step", () => {
    const before = floatModel();
    const { graph } = weightOnly(before, ALL, INT8);
    verifyGraph(graph);
    for (const node of NODES) {
      const { dtype, quantization, real, shape } = weightsOf(graph, node);
      const axis = node === "depthwise" ? 3 : 0;
      expect({ dtype, axis: quantization?.axis, count: quantization?.scale.length }).toEqual({
        dtype: "int8",
        axis,
        count: shape[axis],
      });
      const step = Math.max(...quantization!.scale);
      const exact = weightsOf(before, node).real;
      for (const [i, value] of real.entries()) expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual(step * 0.5001);
      expect(worst(real, exact)).toBeGreaterThan(0);
    }
  });

  test.each([1, 3, 32, 1000])("int4 in groups of %d", (group) => {
    const before = deepModel();
    const { graph } = weightOnly(before, ALL, { ...INT4, group, rounding: "nearest" });
    verifyGraph(graph);
    for (const [node, channels] of [
      ["conv", 3],
      ["product", 5],
    ] as const) {
      const { dtype, quantization, real, data } = weightsOf(graph, node);
      const count = real.length;
      expect(dtype).toBe("int4");
      expect(data).toHaveLength(Math.ceil(count / 2));
      expect(quantization!.scale).toHaveLength(channels * Math.ceil(count / channels / group));
      expect(quantization!.scale.every(isBfloat16)).toBe(true);
      expect(worst(real, weightsOf(before, node).real)).toBeLessThan(group === 1 ? 0.02 : 0.15);
    }
  });

  test("layers with fewer than 32 weights in a channel get 8 bits", () => {
    const { graph } = weightOnly(floatModel(), ALL, INT4);
    expect(NODES.map((node) => weightsOf(graph, node).dtype)).toEqual(["int8", "int8", "int8", "int8"]);
  });

  test("cancelling: the sums of errors that inputs with a mean see are smaller, by channel and by input channel", () => {
    const before = deepModel();
    const sums = (rounding: "nearest" | "cancelling") => {
      const { real } = weightsOf(weightOnly(before, ALL, { ...INT4, rounding }).graph, "conv");
      const exact = weightsOf(before, "conv").real;
      const errors = [...real].map((value, i) => value - exact[i]!);
      const total = (belongs: (i: number) => number) => {
        const parts = new Map<number, number>();
        for (const [i, error] of errors.entries()) parts.set(belongs(i), (parts.get(belongs(i)) ?? 0) + error);
        return [...parts.values()].reduce((sum, value) => sum + value * value, 0);
      };
      // Weights are [3, 3, 3, 5]: 45 of a channel, 9 of each of its input channels.
      return {
        channel: total((i) => Math.floor(i / 45)),
        inputChannel: total((i) => Math.floor(i / 45) * 5 + (i % 5)),
        element: total((i) => i),
      };
    };
    const [nearest, cancelling] = [sums("nearest"), sums("cancelling")];
    expect(cancelling.channel).toBeLessThan(nearest.channel / 4);
    expect(cancelling.inputChannel).toBeLessThan(nearest.inputChannel / 2);
    expect(cancelling.element).toBeLessThan(nearest.element * 2);
  });

  test("mse clips no worse than max, in squares", () => {
    const before = deepModel();
    const error = (clip: "max" | "mse", bits: 4 | 8) => {
      const { graph } = weightOnly(before, ALL, { bits, clip, group: 16, rounding: "nearest" });
      return ["conv", "product"].map((node) => {
        const exact = weightsOf(before, node).real;
        return weightsOf(graph, node).real.reduce((sum, value, i) => sum + (value - exact[i]!) ** 2, 0);
      });
    };
    for (const bits of [4, 8] as const) {
      const max = error("max", bits);
      for (const [i, squares] of error("mse", bits).entries()) expect(squares).toBeLessThanOrEqual(max[i]!);
    }
  });

  test("only the nodes asked for; others keep the weights they share; what has none is reported", () => {
    const { graph, left } = weightOnly(floatModel(), new Set(["b", "sum"]), INT8);
    verifyGraph(graph);
    expect(left).toEqual([{ node: "sum", why: "add has no weights" }]);
    expect(NODES.map((node) => weightsOf(graph, node).dtype)).toEqual(["float32", "float32", "float32", "int8"]);
    expect(weightsOf(graph, "b").name).toBe("w shared/int8");
  });

  test("twice is once", () => {
    const once = weightOnly(floatModel(), ALL, INT8).graph;
    const twice = weightOnly(once, new Set(["conv"]), INT8);
    expect(twice.graph).toEqual(once);
    expect(twice.left).toEqual([{ node: "conv", why: "its weights are int8 already" }]);
  });

  test("weights of zero, tiny ones, and NaN", () => {
    const zeros = weightOnly(
      floatModel((count) => new Float32Array(count)),
      ALL,
      { ...INT8, bits: 4 },
    ).graph;
    expect(weightsOf(zeros, "conv").real.every((value) => value === 0)).toBe(true);
    const tiny = weightOnly(
      floatModel((count) => new Float32Array(count).fill(1e-44)),
      ALL,
      INT8,
    ).graph;
    verifyGraph(tiny);
    const odd = weightOnly(
      floatModel((count) => new Float32Array(count).fill(Number.NaN)),
      new Set(["conv"]),
      INT8,
    );
    expect(odd.left).toEqual([{ node: "conv", why: "its weights have the value NaN" }]);
    expect(weightsOf(odd.graph, "conv").dtype).toBe("float32");
  });

  test("files are that much smaller, and read back", () => {
    const bytes = (bits: 8 | 4) => {
      const { graph } = weightOnly(deepModel(), ALL, { ...INT4, bits });
      const file = writeQbin(graph);
      expect(writeQbin(readQbin(file))).toEqual(file);
      return weightsOf(graph, "conv").data!.length;
    };
    expect([bytes(8), bytes(4)]).toEqual([135, 68]);
  });
});
