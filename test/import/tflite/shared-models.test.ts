import { describe, expect, test } from "vitest";
import type { ModelData } from "../../../host/core/model.js";
import { validateModel } from "../../../host/format/validate.js";
import { importTflite, importTfliteWithDecisions } from "../../../host/import/index.js";
import { readTflite } from "../../../host/import/tflite/file.js";
import { findOp } from "../../../host/ops/index.js";
import { sharedModels } from "./model-files.js";

const models = sharedModels();
const refused: Readonly<Record<string, RegExp>> = {
  trained_lstm_int8: /1 operator is not supported: UNIDIRECTIONAL_SEQUENCE_LSTM \(op 0, ".*"\): qbin has no such op$/,
};
const load = (name: string) => importTflite(models.read(name), { name: `${name}.tflite` });

function count(model: ModelData, key: (node: ModelData["nodes"][number]) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const node of model.nodes) counts[key(node)] = (counts[key(node)] ?? 0) + 1;
  return counts;
}

describe.skipIf(models.skipped !== undefined)("models in ../shared", () => {
  test.each(models.names.filter((name) => refused[name] === undefined))("%s becomes a graph", (name) => {
    const model = load(name);
    validateModel(model, findOp);
    expect(model.name).toBe(name);
    const file = readTflite(models.read(name), name);
    const byName = new Map(model.tensors.map((tensor) => [tensor.name, tensor]));
    for (const operator of file.operators) {
      for (const index of operator.outputs) {
        const { name: tensorName, shape } = file.tensors[index]!;
        expect(byName.get(tensorName)?.shape, tensorName).toEqual(shape);
      }
    }
  });

  test.each(Object.entries(refused))("%s is refused with its reason", (name, reason) => {
    expect(() => load(name)).toThrow(reason);
  });

  test("kws_fp32: products of float32 with int8 weights are quantized while the model runs", () => {
    const { model, decisions } = importTfliteWithDecisions(models.read("kws_fp32"));
    expect(count(model, (node) => `${node.op} ${node.numerics} ${node.attributes["mode"] ?? "float32"}`)).toEqual({
      "conv2d xnnpack dynamic-range": 5,
      "depthwise_conv2d xnnpack float32": 4,
      "average_pool2d xnnpack float32": 1,
      "reshape xnnpack float32": 1,
      "fully_connected xnnpack float32": 1,
      "softmax xnnpack float32": 1,
    });
    expect(decisions.filter(({ decision }) => !decision.delegated)).toEqual([]);
  });

  test("kws_int8: XNNPACK computes all but the pool and the softmax", () => {
    const { model, decisions } = importTfliteWithDecisions(models.read("kws_int8"));
    expect(count(model, (node) => `${node.op} ${node.numerics}`)).toEqual({
      "conv2d xnnpack": 5,
      "depthwise_conv2d xnnpack": 4,
      "average_pool2d tflite": 1,
      "reshape xnnpack": 1,
      "fully_connected xnnpack": 1,
      "softmax tflite": 1,
    });
    expect(model.nodes[0]).toMatchObject({
      name: "CONV_2D_0",
      attributes: { stride: [2, 2], padding: [4, 1, 5, 1], activation: "relu", unsigned: false },
    });
    expect(decisions.filter(({ decision }) => !decision.delegated)).toEqual([
      { node: "AVERAGE_POOL_2D_9", decision: { delegated: false, reason: "XNNPACK has no quantized AVERAGE_POOL_2D" } },
      { node: "SOFTMAX_12", decision: { delegated: false, reason: "XNNPACK has no quantized SOFTMAX" } },
    ]);
  });

  test("mobilenet_v1 is uint8 outside and int8 inside", () => {
    const model = load("mobilenet_v1_0.25_128_quant");
    const { op, numerics, inputs } = model.nodes[0]!;
    expect([op, numerics, inputs]).toEqual(["requantize", "tflite", model.inputs]);
    expect(model.nodes.at(-1)).toMatchObject({ op: "requantize", numerics: "tflite", outputs: model.outputs });
    expect(count(model, (node) => `${node.attributes["unsigned"]}`)).toEqual({ true: 30, undefined: 3 });
    expect(model.tensors.filter((tensor) => tensor.dtype === "uint8").map((tensor) => tensor.name)).toEqual([
      "input",
      "MobilenetV1/Predictions/Reshape_1",
    ]);
  });

  test("tf2_mobilenet_v2 turns its uint8 ends with the file's own QUANTIZE", () => {
    const model = load("tf2_mobilenet_v2_1.0_224_ptq");
    expect(model.nodes[0]).toMatchObject({ name: "QUANTIZE_0", op: "requantize", numerics: "tflite" });
    expect(count(model, (node) => node.op)).toMatchObject({ requantize: 2, add: 10, mean: 1 });
    expect(model.tensors[model.outputs[0]!]).toMatchObject({ name: "Identity", dtype: "uint8", shape: [1, 1001] });
  });

  test("split_concat keeps three inputs and five outputs in order", () => {
    const model = load("split_concat");
    const names = (indices: readonly number[]) => indices.map((i) => model.tensors[i]?.name);
    expect(names(model.inputs)).toEqual(["input1", "inputs/rnn1", "inputs/rnn2"]);
    expect(names(model.outputs)).toEqual([
      "concat/split0",
      "concat/split2",
      "concat/split4",
      "outputs/rnn1",
      "outputs/rnn2",
    ]);
  });

  test("outputs cuts the graph", () => {
    const whole = load("kws_int8");
    const node = whole.nodes.find(({ name }) => name === "CONV_2D_2")!;
    const { name } = whole.tensors[node.outputs[0]!]!;
    const model = importTflite(models.read("kws_int8"), { outputs: [name] });
    validateModel(model, findOp);
    expect(model.nodes.map((n) => n.name)).toEqual(["CONV_2D_0", "DEPTHWISE_CONV_2D_1", "CONV_2D_2"]);
    expect(model.tensors[model.outputs[0]!]?.name).toBe(name);
  });

  test("an LSTM behind the cut does not matter", () => {
    const bytes = models.read("trained_lstm_int8");
    const input = readTflite(bytes, "x").tensors[readTflite(bytes, "x").inputs[0]!]!.name;
    const model = importTflite(bytes, { outputs: [input] });
    expect(model.nodes.map((node) => node.op)).toEqual(["reshape"]);
  });
});
