import { describe, expect, test } from "vitest";
import { foldFlatten, removeDead } from "../../host/passes/index.js";
import { expectRounding, Floats, opsOf, PLAIN } from "./graphs.js";

/** Channels first, flattened, as PyTorch does it. */
function flattened(g: Floats, ...permutation: number[]): number {
  const t = g.node("transpose", [g.input(2, 3, 4, 5)], { permutation });
  return g.node("reshape", [t], { shape: [2, 60] });
}

const dense = (g: Floats, x: number) => g.node("fully_connected", [x, g.constant([7, 60]), g.constant([7])], PLAIN);

describe("foldFlatten", () => {
  test.each([[[0, 3, 1, 2]], [[0, 2, 1, 3]], [[0, 1, 3, 2]]])("the transpose %j goes into the weights", (axes) => {
    const g = new Floats();
    const model = g.build(dense(g, flattened(g, ...axes)));
    const folded = removeDead(foldFlatten(model));
    expect(opsOf(folded)).toEqual(["reshape", "fully_connected"]);
    expectRounding(folded, model);
  });

  test("of all the products that read it", () => {
    const g = new Floats();
    const x = flattened(g, 0, 3, 1, 2);
    const model = g.build(dense(g, x), dense(g, x));
    expectRounding(foldFlatten(model), model);
  });

  test("it stays where batches move, or others read the flat tensor", () => {
    const g = new Floats();
    const moved = g.build(dense(g, flattened(g, 3, 0, 1, 2)));
    expect(opsOf(foldFlatten(moved))).toEqual(opsOf(moved));
    const h = new Floats();
    const x = flattened(h, 0, 3, 1, 2);
    const shared = h.build(dense(h, x), h.node("tanh", [x], { unsigned: false }));
    expect(opsOf(foldFlatten(shared))).toEqual(opsOf(shared));
  });
});
