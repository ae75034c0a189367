import { describe, expect, test } from "vitest";
import type { ModelData } from "../../../host/core/model.js";
import { writeQbin } from "../../../host/format/write.js";
import { verifyGraph } from "../../../host/graph/verify.js";
import { codebook } from "../../../host/quantize/modes/codebook.js";
import { weightOnly } from "../../../host/quantize/modes/weight-only.js";
import { Random } from "../../conformance/case.js";
import { ALL, deepModel, floatModel, weightsOf, worst } from "./models.js";

const NEAREST = { group: 1000, rounding: "nearest" } as const;
const NODES = ["conv", "product"];

const squares = (before: ModelData, after: ModelData) => {
  const exact = weightsOf(before, "conv").real;
  return weightsOf(after, "conv").real.reduce((sum, value, i) => sum + (value - exact[i]!) ** 2, 0);
};

describe("codebook", () => {
  test.each([NEAREST, { group: 16, rounding: "cancelling" } as const])("16 ascending values, %o", (settings) => {
    const { graph, left } = codebook(deepModel(), ALL, settings);
    verifyGraph(graph);
    expect(left).toEqual([]);
    for (const node of NODES) {
      const { dtype, quantization } = weightsOf(graph, node);
      expect(dtype).toBe("uint4");
      expect(quantization!.codebook).toHaveLength(16);
      expect(quantization!.codebook).toEqual(quantization!.codebook!.toSorted((a, b) => a - b));
    }
    expect(writeQbin(codebook(deepModel(), ALL, settings).graph)).toEqual(writeQbin(graph));
  });

  test("layers with few weights in a channel are int8, what has none is reported", () => {
    const { graph, left } = codebook(floatModel(), ALL, NEAREST);
    verifyGraph(graph);
    expect(left).toEqual([{ node: "sum", why: "add has no weights" }]);
    expect(weightsOf(graph, "depthwise").dtype).toBe("int8");
  });

  test("weights that are nine values come back, with centres at them", () => {
    const random = new Random(3);
    const nine = (count: number) => Float32Array.from({ length: count }, (_, i) => (i % 9 ? random.int(-4, 4) / 4 : 1));
    const before = deepModel(nine);
    const { graph } = codebook(before, ALL, NEAREST);
    expect(worst(weightsOf(graph, "product").real, weightsOf(before, "product").real)).toBeLessThan(1e-6);
  });

  test("of bell-shaped weights it keeps more than even steps do", () => {
    const random = new Random(4);
    const bell = (count: number) =>
      Float32Array.from({ length: count }, () => random.float32s(3).reduce((sum, value) => sum + value, 0) ** 3);
    const before = deepModel(bell);
    const even = weightOnly(before, ALL, { bits: 4, clip: "mse", ...NEAREST }).graph;
    expect(squares(before, codebook(before, ALL, NEAREST).graph)).toBeLessThan(squares(before, even));
  });
});
