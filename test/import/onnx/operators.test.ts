import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ModelData } from "../../../host/core/model.js";
import { writeQbin } from "../../../host/format/write.js";
import { importOnnx } from "../../../host/import/index.js";
import { load } from "../../../host/index.js";
import { prepare } from "../../../host/passes/index.js";
import { runReference } from "../../../host/reference/index.js";
import { type NodeTest, type NodeTestTensor, nodeTests } from "./node-tests.js";

const tests = nodeTests();
const operators = [...new Set(tests.map(({ operator }) => operator))];

/** Tests that docs/onnx.md says are refused, with the reason. */
const page = readFileSync(join(import.meta.dirname, "../../../docs/onnx.md"), "utf8");
const refused = new Map(
  [...page.matchAll(/^\| `\w+` \| `(test_\w+)` \| (.*) \|$/gm)].map(([, name, why]) => [name, why]),
);

test("there are tests, and most are taken", () => {
  expect(tests.length).toBeGreaterThan(400);
  expect(refused.size).toBeLessThan(tests.length / 2);
  expect([...refused.keys()].filter((name) => !tests.some((nodeTest) => nodeTest.name === name))).toEqual([]);
});

describe.each(operators)("%s", (operator) => {
  const cases = tests.filter((nodeTest) => nodeTest.operator === operator);
  const isRefused = ({ name }: NodeTest) => refused.has(name);

  test.each(cases.filter((nodeTest) => !isRefused(nodeTest)))("$name gives ONNX's outputs", async (nodeTest) => {
    const data = read(nodeTest);
    const results = data.inputs.length === 0 ? constants(data) : await run(prepare(data), nodeTest);
    nodeTest.outputs.forEach((expected, i) => {
      expectClose(results[i]!, expected, nodeTest);
    });
  });

  test.each(cases.filter(isRefused))("$name is refused for the reason docs/onnx.md gives", (nodeTest) => {
    expect(() => read(nodeTest)).toThrow(refused.get(nodeTest.name)!.replaceAll("\\|", "|"));
  });
});

function read({ model, inputs }: NodeTest): ModelData {
  const shapes = Object.fromEntries(inputs.map(({ name, shape }) => [name, shape]));
  return importOnnx(model, { name: "m.onnx", shapes });
}

/** Outputs of a model that reads nothing. */
function constants(data: ModelData): number[][] {
  const values = runReference(data, []);
  return data.outputs.map((index) => Array.from(values[index]!, Number));
}

async function run(data: ModelData, { inputs, outputs }: NodeTest): Promise<number[][]> {
  const model = await load(writeQbin(data));
  for (const { name, values, shape } of inputs) {
    const input = model.input(name);
    expect([...input.shape]).toEqual(shape);
    const target = input.data;
    if (target instanceof BigInt64Array) target.set(values.map(BigInt));
    else target.set(values);
  }
  model.run();
  const results = outputs.map((expected, i) => {
    const output = model.outputs[i]!;
    expect(output.name).toBe(expected.name);
    expect([...output.shape]).toEqual(expected.shape);
    return Array.from(model.output(output.name).data, Number);
  });
  model.dispose();
  return results;
}

/** As ONNX's own runner compares, with NumPy's assert_allclose. */
function expectClose(actual: readonly number[], expected: NodeTestTensor, { rtol, atol }: NodeTest): void {
  expect(actual.length).toBe(expected.values.length);
  expected.values.forEach((value, i) => {
    const x = actual[i] as number;
    const isEqual = Object.is(x, value) || x === value;
    if (!isEqual && !(Math.abs(x - value) <= atol + rtol * Math.abs(value))) {
      throw new Error(`element ${i} of "${expected.name}" is ${x}, ONNX has ${value}`);
    }
  });
}
