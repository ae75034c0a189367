import { describe, expect, test } from "vitest";
import { fuseHardSwish } from "../../host/passes/index.js";
import { expectRounding, Floats, opsOf, PLAIN } from "./graphs.js";

const gate = (g: Floats, x: number, alpha = Math.fround(1 / 6)) => g.node("hard_sigmoid", [x], { alpha, beta: 0.5 });

describe("fuseHardSwish", () => {
  test.each([0, 1])("x · hard_sigmoid(x), x as factor %i", (at) => {
    const g = new Floats();
    const x = g.node("mul", [g.input(1, 100), g.constant([], Float32Array.of(8))], PLAIN);
    const factors = at === 0 ? [x, gate(g, x)] : [gate(g, x), x];
    const model = g.build(g.node("mul", factors, PLAIN));
    expect(opsOf(fuseHardSwish(model))).toEqual(["mul", "hard_swish"]);
    expectRounding(fuseHardSwish(model), model);
  });

  test("another slope, another factor and a gate that others read stay", () => {
    const g = new Floats();
    const [x, y] = [g.input(4), g.input(4)];
    const shared = gate(g, x);
    const model = g.build(
      g.node("mul", [x, gate(g, x, Math.fround(0.2))], PLAIN),
      g.node("mul", [y, gate(g, x)], PLAIN),
      g.node("mul", [x, shared], PLAIN),
      shared,
    );
    expect(opsOf(fuseHardSwish(model))).toEqual(opsOf(model));
  });
});
