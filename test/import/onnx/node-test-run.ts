import { expect } from "vitest";
import type { ModelData } from "../../../host/core/model.js";
import { writeQbin } from "../../../host/format/write.js";
import { importOnnx } from "../../../host/import/index.js";
import { load } from "../../../host/index.js";
import { runReference } from "../../../host/reference/index.js";
import type { NodeTest, NodeTestTensor } from "./node-tests.js";

/** The model that a test has, imported with the shapes of its inputs. */
export function read({ model, inputs }: NodeTest): ModelData {
  const shapes = Object.fromEntries(inputs.map(({ name, shape }) => [name, shape]));
  return importOnnx(model, { name: "m.onnx", shapes });
}

/** Outputs of a model that reads nothing. */
export function constants(data: ModelData): number[][] {
  const values = runReference(data, []);
  return data.outputs.map((index) => Array.from(values[index]!, Number));
}

/** Outputs on the kernels. */
export async function run(data: ModelData, { inputs, outputs }: NodeTest): Promise<number[][]> {
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
export function expectClose(actual: readonly number[], expected: NodeTestTensor, { rtol, atol }: NodeTest): void {
  expect(actual.length).toBe(expected.values.length);
  expected.values.forEach((value, i) => {
    const x = actual[i] as number;
    const isEqual = Object.is(x, value) || x === value;
    if (!isEqual && !(Math.abs(x - value) <= atol + rtol * Math.abs(value))) {
      throw new Error(`element ${i} of "${expected.name}" is ${x}, ONNX has ${value}`);
    }
  });
}
