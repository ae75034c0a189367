import { describe, expect, test } from "vitest";
import { isBfloat16 } from "../../../host/core/quantization.js";
import { readQbin } from "../../../host/format/read.js";
import { writeQbin } from "../../../host/format/write.js";
import { verifyGraph } from "../../../host/graph/verify.js";
import { weightOnly } from "../../../host/quantize/modes/weight-only.js";
import { ALL, floatModel, weightsOf, worst } from "./models.js";

const INT8 = { bits: 8, clip: "max", group: 32 } as const;
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
    const before = floatModel();
    const { graph } = weightOnly(before, ALL, { bits: 4, clip: "mse", group });
    verifyGraph(graph);
    for (const node of NODES) {
      const { dtype, quantization, real, data, shape } = weightsOf(graph, node);
      const count = real.length;
      const channels = node === "depthwise" ? shape[3]! : shape[0]!;
      expect(dtype).toBe("int4");
      expect(data).toHaveLength(Math.ceil(count / 2));
      expect(quantization!.scale).toHaveLength(channels * Math.ceil(count / channels / group));
      expect(quantization!.scale.every(isBfloat16)).toBe(true);
      expect(worst(real, weightsOf(before, node).real)).toBeLessThan(group === 1 ? 0.02 : 0.12);
    }
  });

  test("mse clips no worse than max, in squares", () => {
    const before = floatModel();
    const error = (clip: "max" | "mse", bits: 4 | 8) => {
      const { graph } = weightOnly(before, ALL, { bits, clip, group: 16 });
      return NODES.map((node) => {
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

  test("the file is that much smaller, and reads back", () => {
    const count = (bits: 8 | 4) => {
      const { graph } = weightOnly(floatModel(), ALL, { bits, clip: "max", group: 32 });
      const file = writeQbin(graph);
      expect(writeQbin(readQbin(file))).toEqual(file);
      return weightsOf(graph, "conv").data!.length;
    };
    expect([count(8), count(4)]).toEqual([162, 81]);
  });
});
