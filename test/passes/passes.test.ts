import { describe, expect, test } from "vitest";
import { verifyGraph } from "../../host/graph/verify.js";
import { cancelRequantize, dropIdentities, mergeReshapes, removeDead, simplify } from "../../host/passes/index.js";
import { Chain, opsOf } from "./graphs.js";

describe("removeDead", () => {
  test("drops nodes and tensors no output needs, keeps inputs and order", () => {
    const c = new Chain();
    const x = c.input([4]);
    c.input([2]);
    const a = c.relu(x);
    c.relu(c.relu(a));
    const y = c.relu(a);
    const model = verifyGraph(removeDead(c.build(y)));
    expect(model.nodes).toHaveLength(2);
    expect(model.tensors.map((tensor) => tensor.name)).toEqual(["x0", "x1", "t2", "t5"]);
    expect(model.inputs).toEqual([0, 1]);
  });

  test("keeps a node of which one output is read", () => {
    const c = new Chain();
    const x = c.input([4]);
    const q = { scale: [0.5], zeroPoint: 0 };
    const outputs = ["a", "b"].map((name) => ({ name, dtype: "int8" as const, quantization: q }));
    const attributes = { axis: 0, sizes: [1, 3] };
    const [, b] = c.builder.node({ op: "split", name: "s", numerics: "xnnpack", inputs: [x], attributes, outputs });
    expect(removeDead(c.build(b as number)).nodes).toHaveLength(1);
  });
});

describe("cancelRequantize", () => {
  const u8 = { dtype: "uint8" } as const;

  test("int8 to uint8 and back is nothing", () => {
    const c = new Chain();
    const x = c.input([4]);
    const model = c.build(c.relu(c.requantize(c.requantize(c.relu(x), u8), {})));
    expect(opsOf(removeDead(verifyGraph(cancelRequantize(model))))).toEqual(["relu", "relu"]);
  });

  test("so is a long chain, link by link", () => {
    const c = new Chain();
    let x = c.relu(c.input([4]));
    for (let i = 0; i < 7; i++) x = c.requantize(x, i % 2 === 0 ? u8 : {});
    const model = removeDead(cancelRequantize(c.build(c.relu(c.requantize(x, {})))));
    expect(opsOf(verifyGraph(model))).toEqual(["relu", "relu"]);
  });

  test("equal parameters on both sides are nothing, in every profile", () => {
    const c = new Chain();
    const same = c.requantize(c.requantize(c.input([4]), {}, "profile", "xnnpack"), {});
    expect(opsOf(cancelRequantize(c.build(c.relu(same))))).toEqual(["relu"]);
  });

  test.each([
    ["another scale in between", { dtype: "uint8", scale: 0.25 }, {}],
    ["another zero point in between", { dtype: "uint8", zeroPoint: 127 }, {}],
    ["the same type in between", { scale: 0.25 }, {}],
    ["other parameters at the end", { dtype: "uint8" }, { zeroPoint: 1 }],
  ] as const)("%s stays", (_name, middle, end) => {
    const c = new Chain();
    const model = c.build(c.relu(c.requantize(c.requantize(c.input([4]), middle), end)));
    expect(cancelRequantize(model)).toBe(model);
  });

  test("a concatenation's arithmetic and a model output stay", () => {
    const c = new Chain();
    const x = c.input([4]);
    const model = c.build(c.relu(c.requantize(x, {}, "concatenation")), c.requantize(x, {}));
    expect(cancelRequantize(model)).toBe(model);
  });
});

describe("dropIdentities", () => {
  test("moves that move nothing go, chains included", () => {
    const c = new Chain();
    let x = c.relu(c.input([2, 3]));
    x = c.reshape(x, [2, 3]);
    x = c.node("transpose", x, { permutation: [0, 1] });
    x = c.node("slice", x, { begin: [0, 0], size: [2, 3], stride: [1, 1] });
    x = c.node("pad", x, { padding: [0, 0, 0, 0] });
    x = c.node("concatenation", x, { axis: 1 });
    x = c.node("split", x, { axis: 1, sizes: [3] });
    expect(opsOf(verifyGraph(dropIdentities(c.build(c.relu(x)))))).toEqual(["relu", "relu"]);
  });

  test("those that move something stay, and so does what a caller sees or reads differently", () => {
    const c = new Chain();
    const x = c.input([2, 2]);
    const kept = [
      c.node("transpose", x, { permutation: [1, 0] }),
      c.reshape(x, [4]),
      c.reshape(x, [2, 2], { scale: 0.25 }),
      c.node("slice", x, { begin: [0, 0], size: [2, 1], stride: [1, 1] }),
    ].map((tensor) => c.node("relu", tensor, { activation: "relu" }));
    const model = c.build(...kept, c.reshape(x, [2, 2]));
    expect(dropIdentities(model)).toBe(model);
  });
});

describe("mergeReshapes", () => {
  test("the last reshape of a chain reads what the first read", () => {
    const c = new Chain();
    const x = c.relu(c.input([2, 6]));
    const model = c.build(c.relu(c.reshape(c.reshape(c.reshape(x, [12]), [3, 4]), [4, 3])));
    const merged = verifyGraph(removeDead(mergeReshapes(model)));
    expect(opsOf(merged)).toEqual(["relu", "reshape", "relu"]);
    expect(merged.tensors.at(-1)?.shape).toEqual([4, 3]);
  });

  test("a reshape that something else reads stays", () => {
    const c = new Chain();
    const middle = c.reshape(c.input([4]), [2, 2]);
    const model = removeDead(mergeReshapes(c.build(c.relu(middle), c.reshape(middle, [1, 4]))));
    expect(opsOf(model)).toEqual(["reshape", "relu", "reshape"]);
  });
});

describe("simplify", () => {
  test("there and back again is nothing", () => {
    const c = new Chain();
    const x = c.relu(c.input([2, 2]));
    expect(opsOf(simplify(c.build(c.relu(c.reshape(c.reshape(x, [4]), [2, 2])))))).toEqual(["relu", "relu"]);
  });

  test("twenty thousand links take no time", () => {
    const c = new Chain();
    let x = c.input([4]);
    for (let i = 0; i < 20_000; i++) x = c.reshape(x, [4]);
    const start = performance.now();
    expect(simplify(c.build(c.relu(x))).nodes).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
