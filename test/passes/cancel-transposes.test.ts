import { describe, expect, test } from "vitest";
import { cancelTransposes, simplify } from "../../host/passes/index.js";
import { expectSame, Floats, opsOf } from "./graphs.js";

const transposed = (g: Floats, x: number, ...permutation: number[]) => g.node("transpose", [x], { permutation });

describe("cancelTransposes", () => {
  test("of two in a row one remains", () => {
    const g = new Floats();
    const model = g.build(transposed(g, transposed(g, g.input(2, 3, 4, 5), 0, 2, 3, 1), 3, 0, 1, 2));
    const joined = simplify(model);
    expect(opsOf(joined)).toEqual(["transpose"]);
    expectSame(joined, model);
  });

  test("there and back is nothing, in a chain of any length", () => {
    const g = new Floats();
    let x = g.node("tanh", [g.input(2, 3, 4, 5)], { unsigned: false });
    for (let i = 0; i < 3; i++) x = transposed(g, transposed(g, x, 0, 3, 1, 2), 0, 2, 3, 1);
    const model = g.build(g.node("tanh", [x], { unsigned: false }));
    expect(opsOf(simplify(model))).toEqual(["tanh", "tanh"]);
    expectSame(simplify(model), model);
  });

  test("the first stays for whoever else reads it", () => {
    const g = new Floats();
    const a = transposed(g, g.input(2, 3, 4), 0, 2, 1);
    const model = g.build(a, transposed(g, a, 1, 0, 2));
    expectSame(cancelTransposes(model), model);
    expect(opsOf(cancelTransposes(model))).toEqual(["transpose", "transpose"]);
  });

  test("one that moves axes of 1 is a reshape", () => {
    const g = new Floats();
    const model = g.build(transposed(g, g.input(1, 1, 6, 3), 2, 0, 3, 1));
    expect(opsOf(cancelTransposes(model))).toEqual(["reshape"]);
    expectSame(cancelTransposes(model), model);
  });
});
