import { describe, expect, test } from "vitest";
import { fuseActivations } from "../../host/passes/index.js";
import { Chain, expectSame, Floats, opsOf, PLAIN } from "./graphs.js";

const relu6 = { activation: "relu6" };
const POOL = { filter: [2, 2], stride: [1, 1], padding: [0, 0, 0, 0], ...PLAIN };

describe("fuseActivations", () => {
  test.each<[string, (g: Floats, x: number) => number]>([
    ["conv2d", (g, x) => g.conv(x, g.constant([3, 1, 1, 2]))],
    ["fully_connected", (g, x) => g.node("fully_connected", [x, g.constant([3, 2]), -1], PLAIN)],
    ["add", (g, x) => g.node("add", [x, g.constant([2])], PLAIN)],
    ["sub", (g, x) => g.node("sub", [x, g.constant([2])], PLAIN)],
    ["mul", (g, x) => g.node("mul", [x, g.constant([2])], PLAIN)],
    ["average_pool2d", (g, x) => g.node("average_pool2d", [x], POOL)],
    ["max_pool2d", (g, x) => g.node("max_pool2d", [x], POOL)],
  ])("%s takes the relu6 behind it", (op, make) => {
    const g = new Floats();
    const model = g.build(g.node("relu", [make(g, g.input(1, 3, 3, 2))], relu6));
    const fused = fuseActivations(model);
    expect(opsOf(fused)).toEqual([op]);
    expect(fused.nodes[0]!.attributes["activation"]).toBe("relu6");
    expectSame(fused, model);
  });

  test("of two, the first is taken", () => {
    const g = new Floats();
    const y = g.node("relu", [g.conv(g.input(1, 3, 3, 2), g.constant([3, 1, 1, 2]))], { activation: "relu" });
    const model = g.build(g.node("relu", [y], relu6));
    expect(opsOf(fuseActivations(model))).toEqual(["conv2d", "relu"]);
    expectSame(fuseActivations(model), model);
  });

  test.each([
    ["its scale kept", 0.5, "relu", ["conv2d"]],
    ["another scale", 0.25, "relu", ["conv2d", "relu"]],
    ["another range", 0.5, "relu6", ["conv2d", "relu"]],
  ])("quantized, with %s", (_, scale, activation, ops) => {
    for (const zeroPoint of [0, -128, 5]) {
      for (const numerics of ["xnnpack", "tflite"] as const) {
        const c = new Chain();
        const weights = { name: "w", dtype: "int8", shape: [2, 1, 1, 2] } as const;
        const quantization = { scale: [0.25], zeroPoint: 0 };
        const w = c.builder.constant({ ...weights, quantization }, Uint8Array.of(90, 200, 130, 50));
        const attributes = { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1, ...PLAIN };
        const outputs = [{ name: "y", dtype: "int8" as const, quantization: { scale: [0.5], zeroPoint } }];
        const x = c.input([1, 3, 3, 2]);
        const [y] = c.builder.node({ op: "conv2d", name: "conv", numerics, inputs: [x, w, -1], attributes, outputs });
        const model = c.build(c.node("relu", y!, { activation }, { scale, zeroPoint }));
        expect(opsOf(fuseActivations(model))).toEqual(ops);
        expectSame(fuseActivations(model), model);
      }
    }
  });

  test("what somebody else reads, has no activation or computes no sums stays", () => {
    const g = new Floats();
    const x = g.input(1, 3, 3, 2);
    const y = g.conv(x, g.constant([3, 1, 1, 2]));
    const t = g.node("tanh", [x], { unsigned: false });
    const model = g.build(g.node("relu", [y], relu6), y, g.node("relu", [t], relu6));
    expect(opsOf(fuseActivations(model))).toEqual(opsOf(model));

    const c = new Chain();
    const pool = c.node("max_pool2d", c.input([1, 3, 3, 2]), POOL);
    expect(opsOf(fuseActivations(c.build(c.relu(pool))))).toEqual(["max_pool2d", "relu"]);
  });
});
