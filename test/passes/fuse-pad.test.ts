import { describe, expect, test } from "vitest";
import { fusePad } from "../../host/passes/index.js";
import { expectSame, Floats, opsOf, PLAIN } from "./graphs.js";

function padded(padding: number[], own = [0, 0, 0, 0]) {
  const g = new Floats();
  const x = g.node("pad", [g.input(1, 5, 4, 2)], { padding });
  return g.build(g.conv(x, g.constant([3, 3, 3, padding[7] === 0 ? 2 : 3]), -1, own));
}

describe("fusePad", () => {
  test("padding of height and width goes into the convolution", () => {
    const model = padded([0, 0, 2, 1, 0, 2, 0, 0]);
    const fused = fusePad(model);
    expect(opsOf(fused)).toEqual(["conv2d"]);
    expect(fused.nodes[0]!.attributes["padding"]).toEqual([2, 0, 1, 2]);
    expectSame(fused, model);
  });

  test("and onto what the convolution pads already", () => {
    const model = padded([0, 0, 1, 0, 0, 1, 0, 0], [1, 1, 1, 1]);
    expect(fusePad(model).nodes[0]!.attributes["padding"]).toEqual([2, 1, 1, 2]);
    expectSame(fusePad(model), model);
  });

  test("a depthwise convolution takes it too", () => {
    const g = new Floats();
    const x = g.node("pad", [g.input(1, 5, 4, 2)], { padding: [0, 0, 1, 1, 1, 1, 0, 0] });
    const window = { stride: [2, 2], dilation: [1, 1], padding: [0, 0, 0, 0] };
    const model = g.build(g.node("depthwise_conv2d", [x, g.constant([1, 3, 3, 2]), -1], { ...window, ...PLAIN }));
    expect(opsOf(fusePad(model))).toEqual(["depthwise_conv2d"]);
    expectSame(fusePad(model), model);
  });

  test.each([
    ["a window that would lie in the padding", [0, 0, 3, 0, 0, 0, 0, 0]],
    ["padded channels", [0, 0, 1, 1, 1, 1, 0, 1]],
  ])("%s: it stays", (_, padding) => {
    expect(opsOf(fusePad(padded(padding)))).toEqual(["pad", "conv2d"]);
  });

  test("in front of a pool it stays, and where somebody else reads the padded tensor", () => {
    const g = new Floats();
    const x = g.node("pad", [g.input(1, 4, 4, 2)], { padding: [0, 0, 1, 1, 1, 1, 0, 0] });
    const pool = { filter: [3, 3], stride: [1, 1], padding: [0, 0, 0, 0], ...PLAIN };
    const model = g.build(g.node("average_pool2d", [x], pool), g.conv(x, g.constant([1, 3, 3, 2])));
    expect(opsOf(fusePad(model))).toEqual(["pad", "average_pool2d", "conv2d"]);
  });
});
