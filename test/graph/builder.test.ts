import { describe, expect, test } from "vitest";
import { QuantizationError, ShapeError, UnsupportedOpError } from "../../host/core/errors.js";
import type { QuantizationParams } from "../../host/core/quantization.js";
import { GraphBuilder, type NodeSpec } from "../../host/graph/builder.js";
import { printGraph } from "../../host/graph/print.js";

const quantization: QuantizationParams = { scale: [0.5], zeroPoint: 3 };

function start(): { b: GraphBuilder; x: number } {
  const b = new GraphBuilder({ name: "m", description: "", numerics: "xnnpack" });
  return { b, x: b.input({ name: "x", dtype: "int8", shape: [1, 4], quantization }) };
}
const relu = (inputs: number[], more: Partial<NodeSpec> = {}): NodeSpec => ({
  op: "relu",
  name: "r",
  numerics: "tflite",
  inputs,
  attributes: { activation: "relu" },
  outputs: [{ name: "y", dtype: "int8", quantization }],
  ...more,
});

describe("GraphBuilder", () => {
  test("builds a graph in execution order, shapes inferred, attributes in declared order", () => {
    const { b, x } = start();
    const w = b.constant({ name: "w", dtype: "int8", shape: [2, 4], quantization }, new Uint8Array(8));
    const [y] = b.node({
      op: "fully_connected",
      name: "fc",
      numerics: "xnnpack",
      inputs: [x, w, -1],
      attributes: { unsigned: false, activation: "none" },
      outputs: [{ name: "y", dtype: "int8", quantization }],
    });
    b.output(y as number);
    const model = b.build();
    expect(model.tensors[y as number]?.shape).toEqual([1, 2]);
    expect(Object.keys(model.nodes[0]?.attributes ?? {})).toEqual(["activation", "unsigned"]);
    expect([model.inputs, model.outputs, model.preprocessing]).toEqual([[x], [y], [undefined]]);
    expect(printGraph(model).split("\n")).toEqual([
      'model "m" xnnpack: 1 nodes, 3 tensors',
      'input  %0 "x": int8[1,4] 0.5000·(q−3)',
      'const  %1 "w": int8[2,4] 0.5000·(q−3)',
      '%2 "y": int8[1,2] 0.5000·(q−3) = fully_connected "fc" xnnpack (%0, %1, none) {activation=none unsigned=false}',
      'output %2 "y"',
    ]);
  });

  test("the second of two equal names gets a number", () => {
    const { b, x } = start();
    const first = b.node(relu([x], { outputs: [{ name: "x", dtype: "int8", quantization }] }))[0] as number;
    b.output(b.node(relu([first], { outputs: [{ name: "x", dtype: "int8", quantization }] }))[0] as number);
    const model = b.build();
    expect(model.tensors.map((tensor) => tensor.name)).toEqual(["x", "x_2", "x_3"]);
    expect(model.nodes.map((node) => node.name)).toEqual(["r", "r_2"]);
  });

  test.each<[string, Partial<NodeSpec>, new (...args: never[]) => Error, RegExp]>([
    ["an unknown op", { op: "lstm" }, UnsupportedOpError, /^lstm "r": there is no such op$/],
    ["too many inputs", { inputs: [0, 0] }, ShapeError, /^relu "r": has 2 inputs, at most 1/],
    ["a missing input", { inputs: [] }, ShapeError, /input "input" is missing/],
    ["a missing attribute", { attributes: {} }, ShapeError, /attribute activation is undefined/],
    ["an attribute's value", { attributes: { activation: "gelu" } }, ShapeError, /must be one of relu, relu6, relu_n1/],
    ["an attribute too many", { attributes: { activation: "relu", q: 1 } }, ShapeError, /there is no attribute "q"/],
    ["types", { outputs: [{ name: "y", dtype: "uint8", quantization }] }, UnsupportedOpError, /types int8 -> uint8/],
    ["a profile it does not have", { numerics: "xnnpack" }, UnsupportedOpError, /has no xnnpack arithmetic/],
    ["outputs of another number", { outputs: [] }, ShapeError, /has 0 outputs, its inputs and attributes give 1/],
    ["int8 without a scale", { outputs: [{ name: "y", dtype: "int8" }] }, QuantizationError, /int8 without a scale/],
    [
      "a zero point outside its type",
      { outputs: [{ name: "y", dtype: "int8", quantization: { scale: [1], zeroPoint: 128 } }] },
      QuantizationError,
      /zero point 128; int8 takes -128 to 127/,
    ],
    [
      "a scale that is no float32",
      { outputs: [{ name: "y", dtype: "int8", quantization: { scale: [0.1], zeroPoint: 0 } }] },
      QuantizationError,
      /scale 0.1; scales are positive normal float32/,
    ],
    [
      "an activation with scales per channel",
      { outputs: [{ name: "y", dtype: "int8", quantization: { scale: [1, 1, 1, 1], zeroPoint: 0, axis: 1 } }] },
      QuantizationError,
      /only constants/,
    ],
  ])("refuses %s, naming the node", (_name, more, type, message) => {
    const { b, x } = start();
    const attempt = () => b.node(relu([x], more));
    expect(attempt).toThrow(type);
    expect(attempt).toThrow(message);
  });

  test.each([
    [1024, 2 ** -126],
    [2 ** -126, 1024],
  ])("refuses scales too far apart for float32: %d to %d", (from, to) => {
    const { b } = start();
    const x = b.input({ name: "x2", dtype: "int8", shape: [1], quantization: { scale: [from], zeroPoint: 0 } });
    const outputs = [{ name: "y", dtype: "int8", quantization: { scale: [to], zeroPoint: 0 } }] as const;
    expect(() => b.node(relu([x], { outputs }))).toThrow(/is no normal float32/);
  });

  test("refuses constants of the wrong size and computed weights", () => {
    const { b, x } = start();
    expect(() => b.constant({ name: "c", dtype: "int32", shape: [2] }, new Uint8Array(4))).toThrow(/takes 8 bytes/);
    const spec = relu([x, x, -1], { op: "fully_connected", attributes: { activation: "none", unsigned: false } });
    expect(() => b.node(spec)).toThrow(/input "x" \(weights\) must be a constant/);
  });
});
