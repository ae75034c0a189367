import { describe, expect, test } from "vitest";
import { foldAffine } from "../../host/passes/index.js";
import { expectRounding, Floats, opsOf, PLAIN } from "./graphs.js";

const WINDOW = { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], ...PLAIN };

describe("foldAffine", () => {
  test("batch normalization behind a convolution goes into weights and bias, with the activation", () => {
    const g = new Floats();
    const y = g.conv(g.input(1, 5, 5, 3), g.constant([4, 3, 3, 3]), -1, [1, 1, 1, 1]);
    const scaled = g.node("mul", [y, g.constant([4])], PLAIN);
    const model = g.build(g.node("add", [g.constant([1, 1, 1, 4]), scaled], { activation: "relu6", unsigned: false }));
    const folded = foldAffine(model);
    expect(opsOf(folded)).toEqual(["conv2d"]);
    expect(folded.nodes[0]!.attributes["activation"]).toBe("relu6");
    expectRounding(folded, model);
  });

  test.each([
    ["conv2d", [6, 3, 3, 1], { ...WINDOW, groups: 3 }],
    ["depthwise_conv2d", [1, 3, 3, 6], WINDOW],
    ["fully_connected", [6, 3], PLAIN],
  ] as const)("%s with a bias: mul by channel, sub, sub from, mul by a scalar", (op, shape, attributes) => {
    const g = new Floats();
    let y = g.node(op, [g.input(2, 4, 5, 3), g.constant(shape), g.constant([6])], attributes);
    y = g.node("mul", [y, g.constant([6])], PLAIN);
    y = g.node("sub", [y, g.constant([6])], PLAIN);
    y = g.node("sub", [g.constant([6]), y], PLAIN);
    const model = g.build(g.node("mul", [y, g.constant([])], PLAIN));
    const folded = foldAffine(model);
    expect(opsOf(folded)).toEqual([op]);
    expectRounding(folded, model);
  });

  test("weights that another convolution shares stay for it", () => {
    const g = new Floats();
    const [x, w] = [g.input(1, 3, 3, 2), g.constant([2, 1, 1, 2])];
    const a = g.node("mul", [g.conv(x, w), g.constant([2])], PLAIN);
    const model = g.build(a, g.conv(x, w));
    const folded = foldAffine(model);
    expect(opsOf(folded)).toEqual(["conv2d", "conv2d"]);
    expectRounding(folded, model);
  });

  test("an addend behind weights of int8 goes into the bias", () => {
    const g = new Floats();
    const type = { name: "w", dtype: "int8", shape: [3, 2], quantization: { scale: [0.5], zeroPoint: 0 } } as const;
    const weights = g.builder.constant(type, new Uint8Array(6).fill(3));
    const product = g.node("fully_connected", [g.input(4, 2), weights, -1], { ...PLAIN, mode: "dynamic-range" });
    const model = g.build(g.node("add", [product, g.constant([3])], PLAIN));
    const folded = foldAffine(model);
    expect(opsOf(folded)).toEqual(["fully_connected"]);
    expectRounding(folded, model);
  });

  test.each<[string, (g: Floats) => number[]]>([
    [
      "a factor that varies along the width",
      (g) => [g.node("mul", [g.conv(g.input(1, 1, 4, 2), g.constant([3, 1, 1, 2])), g.constant([4, 1])], PLAIN)],
    ],
    [
      "an addend that makes the output larger",
      (g) => [g.node("add", [g.conv(g.input(1, 1, 1, 2), g.constant([1, 1, 1, 2])), g.constant([3])], PLAIN)],
    ],
    [
      "a convolution somebody else reads",
      (g) => {
        const y = g.conv(g.input(1, 2, 2, 2), g.constant([3, 1, 1, 2]));
        return [g.node("mul", [y, g.constant([3])], PLAIN), g.node("tanh", [y], { unsigned: false })];
      },
    ],
    [
      "a convolution that is an output",
      (g) => {
        const y = g.conv(g.input(1, 2, 2, 2), g.constant([3, 1, 1, 2]));
        return [g.node("mul", [y, g.constant([3])], PLAIN), y];
      },
    ],
    [
      "an activation in between",
      (g) => {
        const y = g.conv(g.input(1, 2, 2, 2), g.constant([3, 1, 1, 2]));
        return [g.node("mul", [g.node("relu", [y], { activation: "relu" }), g.constant([3])], PLAIN)];
      },
    ],
    [
      "a factor that is computed",
      (g) => {
        const x = g.input(1, 2, 2, 2);
        return [g.node("mul", [g.conv(x, g.constant([2, 1, 1, 2])), x], PLAIN)];
      },
    ],
    [
      "a factor behind weights of int8",
      (g) => {
        const type = { name: "w", dtype: "int8", shape: [3, 2], quantization: { scale: [0.5], zeroPoint: 0 } } as const;
        const weights = g.builder.constant(type, new Uint8Array(6).fill(3));
        const product = g.node("fully_connected", [g.input(4, 2), weights, -1], PLAIN);
        return [g.node("mul", [product, g.constant([3])], PLAIN)];
      },
    ],
  ])("%s stays", (_, make) => {
    const g = new Floats();
    const model = g.build(...make(g));
    expect(opsOf(foldAffine(model))).toEqual(opsOf(model));
  });
});
