import { describe, expect, test } from "vitest";
import type { ModelData } from "../../../host/core/model.js";
import { supportedOnnxOperators } from "../../../host/import/index.js";
import { prepare } from "../../../host/passes/index.js";
import { expectClose, read, run } from "./node-test-run.js";
import { type NodeTest, nodeTests } from "./node-tests.js";

/** Small quantized models against what ONNX Runtime computes for them: integers are the same, floats nearly. */
const tests = nodeTests("runtime-tests");
const patterns = tests.filter(({ name }) => name.startsWith("qdq_"));
const operators = tests.filter(({ name }) => !name.startsWith("qdq_"));

test("every operator of com.microsoft that is taken has one", () => {
  const taken = supportedOnnxOperators().converted.filter((kind) => kind.startsWith("com.microsoft.QLinear"));
  const tested = new Set(operators.map(({ operator }) => operator));
  expect(taken.length).toBeGreaterThan(7);
  // A convolution of its is in front of the pool that nhwcmaxpool is about.
  tested.add("com.microsoft.QLinearConv");
  expect(taken.filter((kind) => !tested.has(kind))).toEqual([]);
});

describe("operators", () => {
  test.each(operators)("$name gives ONNX Runtime's outputs", (nodeTest) => check(nodeTest));
});

describe("operators between DequantizeLinear and QuantizeLinear", () => {
  test.each(patterns)("$name gives ONNX Runtime's outputs", (nodeTest) => check(nodeTest));

  const fused = patterns.filter(({ name, operators: kinds }) => {
    const isPair = name.startsWith("qdq_pair");
    return !isPair && !kinds?.includes("DequantizeLinear");
  });

  test("ONNX Runtime fuses most of them", () => {
    expect(fused.length).toBeGreaterThan(50);
  });

  test.each(fused)("$name computes on integers, as ONNX Runtime does", (nodeTest) => {
    const ours = read(nodeTest);
    expect(floatNodes(ours).filter((op) => op !== "cast" && op !== "mul")).toEqual([]);
  });
});

async function check(nodeTest: NodeTest): Promise<void> {
  const results = await run(prepare(read(nodeTest)), nodeTest);
  nodeTest.outputs.forEach((expected, i) => {
    const isFloat = expected.type === "float32";
    expectClose(results[i]!, expected, isFloat ? nodeTest : { ...nodeTest, rtol: 0, atol: 0 });
  });
}

/** Ops of nodes that compute in float32. */
function floatNodes({ nodes, tensors }: ModelData): string[] {
  return nodes.filter(({ outputs }) => tensors[outputs[0] as number]!.dtype === "float32").map(({ op }) => op);
}
