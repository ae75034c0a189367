import { describe, expect, test } from "vitest";
import { validateModel } from "../../../host/format/validate.js";
import { importTflite } from "../../../host/import/index.js";
import type { ImportTfliteOptions } from "../../../host/import/tflite/options.js";
import { findOp } from "../../../host/ops/index.js";
import { type ModelSpec, type NamedTensor, type TensorSpec, writeTflite } from "./write-tflite.js";

function load(spec: ModelSpec, options: ImportTfliteOptions = {}) {
  const model = importTflite(writeTflite(spec), options);
  validateModel(model, findOp);
  const names = (indices: readonly number[]) => indices.map((i) => model.tensors[i]?.name);
  return { model, inputs: names(model.inputs), outputs: names(model.outputs) };
}
const s8 = (name: string, more: Partial<TensorSpec> = {}): TensorSpec => ({ name, shape: [1, 4], ...more });
const chain = (...names: string[]): Pick<ModelSpec, "tensors" | "operators"> => ({
  tensors: names.map((name) => s8(name)),
  operators: names.slice(1).map((name, i) => ({ kind: "RELU", inputs: [names[i] as string], outputs: [name] })),
});

describe("a model's inputs and outputs", () => {
  test("keep order, names, description; unused inputs stay", () => {
    const spec = { ...chain("x", "y"), inputs: ["spare", "x"], outputs: ["y"], description: "says\nwhat it is" };
    const { model, inputs } = load({ ...spec, tensors: [...spec.tensors, s8("spare")] }, { name: "dir/net.tflite" });
    expect(inputs).toEqual(["spare", "x"]);
    expect([model.name, model.description, model.labels]).toEqual(["net", "says what it is", []]);
    expect(model.preprocessing).toEqual([undefined, undefined]);
  });

  test("have the names of the first signature, where it has good ones", () => {
    const spec = {
      ...chain("serving_x:0", "middle", "Identity:0"),
      inputs: ["serving_x:0"],
      outputs: ["Identity:0", "middle"],
    };
    const named = (inputs: readonly NamedTensor[], outputs: readonly NamedTensor[]) => {
      const { inputs: is, outputs: os } = load({ ...spec, signature: { inputs, outputs } });
      return [...is, ...os];
    };
    expect(named([["image", "serving_x:0"]], [["scores", "Identity:0"]])).toEqual(["image", "scores", "middle"]);
    // Two of one name, none, a tensor that is neither input nor output or does not exist.
    expect(
      named(
        [["", "serving_x:0"]],
        [
          ["y", "Identity:0"],
          ["y", "middle"],
        ],
      ),
    ).toEqual(["serving_x:0", "Identity:0", "middle"]);
    expect(named([["far", 2 ** 30]], [["in\nside", "middle"]])).toEqual(["serving_x:0", "Identity:0", "in_side"]);
    // One tensor under two names keeps the first.
    expect(
      named(
        [],
        [
          ["a", "middle"],
          ["b", "middle"],
        ],
      ),
    ).toEqual(["serving_x:0", "Identity:0", "a"]);
  });

  test("a cut drops the inputs it does not need", () => {
    const spec = { ...chain("x", "a", "y"), inputs: ["spare", "x"], outputs: ["y"] };
    const cut = load({ ...spec, tensors: [...spec.tensors, s8("spare")] }, { outputs: ["a"] });
    expect([cut.inputs, cut.outputs, cut.model.nodes.length]).toEqual([["x"], ["a"], 1]);
  });

  test("a tensor in the middle can be an output as well", () => {
    expect(load({ ...chain("x", "a", "y"), inputs: ["x"], outputs: ["a", "y"] }).outputs).toEqual(["a", "y"]);
  });

  test("an output that is an input, a constant or a repetition is copied", () => {
    const spec = chain("x", "y");
    const tensors = [...spec.tensors, s8("c", { data: [1, 2, 3, 4] })];
    const { outputs } = load({ ...spec, tensors, inputs: ["x"], outputs: ["x", "c", "y", "y"] });
    expect(outputs).toEqual(["x/copy", "c/copy", "y", "y/copy"]);
  });

  test("a uint8 output read by other operators has an int8 twin", () => {
    const u8 = (name: string) => s8(name, { type: "UINT8" });
    const { operators } = chain("x", "a", "y");
    const { model, outputs } = load({
      tensors: [u8("x"), u8("a"), u8("y")],
      operators,
      inputs: ["x"],
      outputs: ["a", "x", "y"],
    });
    expect(outputs).toEqual(["a", "x/copy", "y"]);
    expect(model.outputs.map((i) => model.tensors[i]?.dtype)).toEqual(["uint8", "uint8", "uint8"]);
    expect(model.nodes.map((node) => node.name)).toEqual([
      "x/int8",
      "RELU_0",
      "RELU_1",
      "OUTPUT_0",
      "OUTPUT_1/copy",
      "OUTPUT_2",
    ]);
  });

  test("equal names are told apart, missing ones numbered", () => {
    const spec = chain("x", "a", "b");
    const tensors = spec.tensors.map((tensor, i) => ({ ...tensor, name: ["x", "a", "b"][i] as string }));
    const bytes = writeTflite({ ...spec, tensors, inputs: ["x"], outputs: ["b"] });
    // In the file, "b" becomes "a" and "x" loses its name.
    const text = (name: string) => [1, 0, 0, 0, name.charCodeAt(0), 0, 0, 0];
    const at = (name: string) => bytes.findIndex((_, i) => text(name).every((byte, k) => bytes[i + k] === byte));
    bytes[at("b") + 4] = "a".charCodeAt(0);
    bytes[at("x")] = 0;
    const model = importTflite(bytes);
    expect(model.tensors.map((tensor) => tensor.name)).toEqual(["tensor_0", "a", "a_2"]);
  });
});

describe("dynamic shapes", () => {
  const dynamic = (shape: number[], signature: number[]): ModelSpec => ({
    tensors: [s8("x", { shape, signature }), s8("y", { shape, signature })],
    operators: [{ kind: "RELU", inputs: ["x"], outputs: ["y"] }],
    inputs: ["x"],
    outputs: ["y"],
  });

  test("a dynamic batch is 1", () => {
    const { model } = load(dynamic([1, 4], [-1, 4]));
    expect(model.tensors.map((tensor) => tensor.shape)).toEqual([
      [1, 4],
      [1, 4],
    ]);
    expect(load(dynamic([-1, 4], [-1, 4])).model.tensors[1]?.shape).toEqual([1, 4]);
  });

  test("other dynamic dimensions are what the file shows, as TFLite has it, or what the caller says", () => {
    const spec = dynamic([1, 1, 1, 3], [-1, -1, -1, 3]);
    expect(load(spec).model.tensors[1]?.shape).toEqual([1, 1, 1, 3]);
    expect(load(spec, { shapes: { x: [2, 5, 7, 3] } }).model.tensors[1]?.shape).toEqual([2, 5, 7, 3]);
  });
});
