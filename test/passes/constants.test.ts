import { describe, expect, test } from "vitest";
import { foldConstants, mergeConstants } from "../../host/passes/index.js";
import { expectSame, Floats, opsOf, PLAIN } from "./graphs.js";

describe("foldConstants", () => {
  test("computes what depends on constants alone, in chains", () => {
    const g = new Floats();
    const c = g.node("tanh", [g.node("mul", [g.constant([3]), g.constant([3])], PLAIN)], { unsigned: false });
    const model = g.build(g.node("add", [g.input(2, 3), c], PLAIN));
    const folded = foldConstants(model);
    expect(opsOf(folded)).toEqual(["add"]);
    expectSame(folded, model);
  });

  test("but no model output", () => {
    const g = new Floats();
    g.input(1);
    const model = g.build(g.node("add", [g.constant([3]), g.constant([3])], PLAIN));
    expect(opsOf(foldConstants(model))).toEqual(["add"]);
  });
});

describe("mergeConstants", () => {
  test("equal ones become one, others stay", () => {
    const g = new Floats();
    const values = g.noise(6);
    const x = g.node("add", [g.input(2, 3, 2), g.constant([3, 2], values)], PLAIN);
    const y = g.node("add", [x, g.constant([3, 2], values)], PLAIN);
    const z = g.node("add", [y, g.constant([1, 3, 2], values)], PLAIN);
    const model = g.build(g.node("add", [z, g.constant([3, 2])], PLAIN));
    const merged = mergeConstants(model);
    expect(merged.tensors.filter((tensor) => tensor.data).map((tensor) => tensor.shape)).toEqual([
      [3, 2],
      [1, 3, 2],
      [3, 2],
    ]);
    expectSame(merged, model);
  });

  test("not those that differ where a sample of their bytes does not", () => {
    const g = new Floats();
    const values = g.noise(40_000);
    const other = values.slice();
    other[1] = 7;
    const x = g.node("add", [g.input(40_000), g.constant([40_000], values)], PLAIN);
    const model = g.build(g.node("add", [x, g.constant([40_000], other)], PLAIN));
    expectSame(mergeConstants(model), model);
  });
});
