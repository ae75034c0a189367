import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { prepare } from "../../../host/passes/index.js";
import { constants, expectClose, read, run } from "./node-test-run.js";
import { type NodeTest, nodeTests } from "./node-tests.js";

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
