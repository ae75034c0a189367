import { describe, expect, test } from "vitest";
import { fuseGelu } from "../../host/passes/index.js";
import { expectRounding, Floats, opsOf, PLAIN } from "./graphs.js";

const number = (g: Floats, x: number) => g.constant([], Float32Array.of(x));
const mul = (g: Floats, a: number, b: number) => g.node("mul", [a, b], PLAIN);
const erf = (g: Floats, x: number) => g.node("unary", [x], { function: "erf" });
const gate = (g: Floats, x: number) => {
  const scaled = g.node("div", [x, number(g, Math.SQRT2)], { activation: "none" });
  return g.node("add", [erf(g, scaled), number(g, 1)], PLAIN);
};

describe("fuseGelu", () => {
  test.each<[string, (g: Floats, x: number) => number]>([
    ["(x · gate) · 0.5, PyTorch's", (g, x) => mul(g, mul(g, x, gate(g, x)), number(g, 0.5))],
    ["x · (gate · 0.5)", (g, x) => mul(g, x, mul(g, number(g, 0.5), gate(g, x)))],
    ["(x · 0.5) · gate", (g, x) => mul(g, mul(g, x, number(g, 0.5)), gate(g, x))],
    [
      "with 1 / √2 as a factor",
      (g, x) => {
        const sum = g.node("add", [number(g, 1), erf(g, mul(g, number(g, Math.SQRT1_2), x))], PLAIN);
        return mul(g, mul(g, number(g, 0.5), x), sum);
      },
    ],
  ])("%s", (_, make) => {
    const g = new Floats();
    const x = mul(g, g.input(1, 200), number(g, 4));
    const model = g.build(make(g, x));
    const fused = fuseGelu(model);
    expect(opsOf(fused)).toEqual(["mul", "unary"]);
    expect(fused.nodes[1]!.attributes).toEqual({ function: "gelu" });
    expectRounding(fused, model);
  });

  test.each<[string, (g: Floats, x: number) => number[]]>([
    ["another factor", (g, x) => [mul(g, mul(g, x, gate(g, x)), number(g, 0.25))]],
    ["another x", (g, x) => [mul(g, mul(g, g.input(1, 200), gate(g, x)), number(g, 0.5))]],
    [
      "a gate that others read",
      (g, x) => {
        const shared = gate(g, x);
        return [mul(g, mul(g, x, shared), number(g, 0.5)), shared];
      },
    ],
  ])("%s stays", (_, make) => {
    const g = new Floats();
    const model = g.build(...make(g, mul(g, g.input(1, 200), number(g, 4))));
    expect(opsOf(fuseGelu(model))).toEqual(opsOf(model));
  });
});
