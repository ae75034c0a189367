import { describe, expect, test } from "vitest";
import type { ModelData, Node, Tensor } from "../../host/core/model.js";
import { verifyGraph } from "../../host/graph/verify.js";

const quantization = { scale: [0.5], zeroPoint: 0 };
const tensor = (name: string, more: Partial<Tensor> = {}): Tensor => ({
  name,
  dtype: "int8",
  shape: [1, 4],
  quantization,
  ...more,
});
const relu = (name: string, from: number, to: number, more: Partial<Node> = {}): Node => ({
  op: "relu",
  name,
  inputs: [from],
  outputs: [to],
  attributes: { activation: "relu" },
  numerics: "tflite",
  ...more,
});
const model = (more: Partial<ModelData> = {}): ModelData => ({
  name: "m",
  description: "",
  numerics: "xnnpack",
  tensors: [tensor("x"), tensor("a"), tensor("y")],
  nodes: [relu("first", 0, 1), relu("second", 1, 2)],
  inputs: [0],
  outputs: [2],
  labels: [],
  preprocessing: [undefined],
  ...more,
});

describe("verifyGraph", () => {
  test("returns a sound graph", () => {
    const sound = model();
    expect(verifyGraph(sound)).toBe(sound);
  });

  test.each<[string, Partial<ModelData>, RegExp]>([
    [
      "nodes out of order",
      { nodes: [relu("second", 1, 2), relu("first", 0, 1)] },
      /"second": input "a" is not computed/,
    ],
    ["a value computed twice", { nodes: [relu("first", 0, 1), relu("again", 0, 1)] }, /output "a" already has a value/],
    ["an input computed by a node", { nodes: [relu("first", 0, 0)] }, /output "x" already has a value/],
    ["an edge into nothing", { nodes: [relu("first", 0, 9)] }, /output: there is no tensor 9/],
    ["an input listed twice", { inputs: [0, 0], preprocessing: [undefined, undefined] }, /constant, or listed twice/],
    ["a constant input", { tensors: [tensor("x", { data: new Uint8Array(4) })] }, /"x" is a constant/],
    ["an output nobody computes", { nodes: [relu("first", 0, 1)] }, /model output "y" is computed by no node/],
    ["no outputs", { outputs: [] }, /has no outputs/],
    ["no name", { tensors: [tensor("")] }, /a tensor has no name/],
    ["equal names", { nodes: [relu("n", 0, 1), relu("n", 1, 2)] }, /two nodes are named "n"/],
    ["a wrong shape", { tensors: [tensor("x"), tensor("a", { shape: [4] }), tensor("y")] }, /is \[4\], inference says/],
    ["preprocessing of another length", { preprocessing: [] }, /0 preprocessing entries for 1 inputs/],
    [
      "an unknown profile",
      { nodes: [relu("first", 0, 1, { numerics: "exact" as never })] },
      /no numerics profile "exact"/,
    ],
  ])("refuses %s", (_name, more, message) => {
    expect(() => verifyGraph(model(more))).toThrow(message);
  });
});
