import { describe, expect, test } from "vitest";
import { writeQbin } from "../../../host/format/write.js";
import { verifyGraph } from "../../../host/graph/verify.js";
import { codebook } from "../../../host/quantize/modes/codebook.js";
import { weightOnly } from "../../../host/quantize/modes/weight-only.js";
import { Random } from "../../conformance/case.js";
import { ALL, floatModel, weightsOf, worst } from "./models.js";

const NODES = ["conv", "depthwise", "a", "b"];

describe("codebook", () => {
  test("16 ascending values of the tensor's own; the same weights give the same file", () => {
    const { graph, left } = codebook(floatModel(), ALL);
    verifyGraph(graph);
    expect(left.map(({ node }) => node)).toEqual(["sum"]);
    for (const node of NODES) {
      const { dtype, quantization } = weightsOf(graph, node);
      expect(dtype).toBe("uint4");
      expect(quantization!.codebook).toHaveLength(16);
      expect(quantization!.codebook).toEqual(quantization!.codebook!.toSorted((a, b) => a - b));
    }
    expect(writeQbin(codebook(floatModel(), ALL).graph)).toEqual(writeQbin(graph));
  });

  test("weights that are 15 multiples of an eighth come back nearly, from k-means centres at them", () => {
    const random = new Random(3);
    const before = floatModel((count) =>
      Float32Array.from({ length: count }, (_, i) => (i % 6 ? random.int(-7, 7) / 8 : 1)),
    );
    const { graph } = codebook(before, new Set(["a", "b"]));
    expect(weightsOf(graph, "a").quantization!.scale).toEqual([1, 1, 1, 1, 1, 1]);
    expect(worst(weightsOf(graph, "a").real, weightsOf(before, "a").real)).toBeLessThan(0.1);
  });

  test("of bell-shaped weights it keeps more than even steps do", () => {
    const random = new Random(4);
    const bell = (count: number) =>
      Float32Array.from({ length: count }, () => random.float32s(6).reduce((sum, value) => sum + value, 0));
    const before = floatModel(bell);
    const squares = (graph: typeof before) => {
      const exact = weightsOf(before, "conv").real;
      return weightsOf(graph, "conv").real.reduce((sum, value, i) => sum + (value - exact[i]!) ** 2, 0);
    };
    const even = weightOnly(before, ALL, { bits: 4, clip: "mse", group: 27 }).graph;
    expect(squares(codebook(before, ALL).graph)).toBeLessThan(squares(even));
  });
});
