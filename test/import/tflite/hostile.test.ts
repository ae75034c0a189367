/** Small files that would make a careless importer busy or big. Each must be answered soon, in little memory. */
import { describe, expect, test } from "vitest";
import { attempt, type Outcome } from "./attempt.js";
import { type ModelSpec, type OperatorSpec, type TensorSpec, writeTflite } from "./write-tflite.js";

const float32 = (name: string, shape: number[], data?: number[]): TensorSpec => ({
  name,
  type: "FLOAT32",
  shape,
  ...(data ? { data } : {}),
});
const int32 = (name: string, ...data: number[]): TensorSpec => ({ name, type: "INT32", shape: [data.length], data });
const numbered = (count: number) => Array.from({ length: count }, (_, i) => i);

/** x plus the last of `results`, so that all of them are alive. */
function withSum(tensors: TensorSpec[], operators: OperatorSpec[], results: string[]): ModelSpec {
  const sums = results.map((_, i) => float32(`sum${i}`, [1]));
  const adds = results.map((name, i) => ({
    kind: "ADD",
    inputs: [i === 0 ? "x" : `sum${i - 1}`, name],
    outputs: [`sum${i}`],
  }));
  return {
    tensors: [float32("x", [1]), ...tensors, ...sums],
    operators: [...operators, ...adds],
    inputs: ["x"],
    outputs: [`sum${results.length - 1}`],
  };
}

const rows: [string, Outcome, () => ModelSpec][] = [
  [
    "a thousand transposes of one constant",
    "malformed",
    () => {
      const outputs = numbered(1000).map((i) => `t${i}`);
      return withSum(
        [
          float32("c", [200, 200], numbered(40_000)),
          int32("p", 1, 0),
          ...outputs.map((name) => float32(name, [200, 200])),
        ],
        outputs.map((name) => ({ kind: "TRANSPOSE", inputs: ["c", "p"], outputs: [name] })),
        outputs,
      );
    },
  ],
  [
    "a constant that doubles forty times",
    "malformed",
    () => {
      const names = numbered(40).map((i) => `t${i}`);
      return withSum(
        [float32("c", [64], numbered(64)), ...names.map((name) => float32(name, [1]))],
        names.map((name, i) => {
          const from = i === 0 ? "c" : (names[i - 1] as string);
          return { kind: "CONCATENATION", inputs: [from, from], outputs: [name], options: { 0: { int32: 0 } } };
        }),
        [names.at(-1) as string],
      );
    },
  ],
  [
    "an activation that doubles forty times",
    "unsupported",
    () => {
      const names = numbered(40).map((i) => `t${i}`);
      return {
        tensors: [float32("x", [64]), ...names.map((name) => float32(name, [1]))],
        operators: names.map((name, i) => {
          const from = i === 0 ? "x" : (names[i - 1] as string);
          return { kind: "CONCATENATION", inputs: [from, from], outputs: [name], options: { 0: { int32: 0 } } };
        }),
        inputs: ["x"],
        outputs: [names.at(-1) as string],
      };
    },
  ],
  [
    "a fill of a gigabyte",
    "malformed",
    () => {
      const value = float32("v", [], [1]);
      const fill = { kind: "FILL", inputs: ["s", "v"], outputs: ["f"] };
      return withSum([int32("s", 512, 512, 1024), value, float32("f", [1])], [fill], ["f"]);
    },
  ],
  [
    "one uint8 constant read by five thousand operators",
    "imported",
    () => {
      const u8 = (name: string): TensorSpec => ({ name, type: "UINT8", shape: [1000] });
      const names = numbered(5000).map((i) => `t${i}`);
      return {
        tensors: [u8("x"), { ...u8("c"), data: new Uint8Array(1000) }, ...names.map(u8)],
        operators: names.map((name, i) => ({
          kind: "ADD",
          inputs: [i === 0 ? "x" : `t${i - 1}`, "c"],
          outputs: [name],
        })),
        inputs: ["x"],
        outputs: [names.at(-1) as string],
      };
    },
  ],
  [
    "weights with ten thousand scales read by three thousand operators",
    "malformed",
    () => {
      const channels = 10_000;
      const names = numbered(3000).map((i) => `t${i}`);
      const scales = { scale: new Array(channels).fill(0.5), zeroPoint: new Array(channels).fill(0) };
      return {
        tensors: [
          { name: "x", shape: [1, 1] },
          { name: "w", shape: [channels, 1], data: new Uint8Array(channels), ...scales },
          ...names.map((name): TensorSpec => ({ name, shape: [1, channels] })),
        ],
        operators: names.map((name) => ({ kind: "FULLY_CONNECTED", inputs: ["x", "w", null], outputs: [name] })),
        inputs: ["x"],
        outputs: names,
      };
    },
  ],
  [
    "a chain of twenty thousand operators",
    "imported",
    () => {
      const names = numbered(20_001).map((i) => `t${i}`);
      return {
        tensors: names.map((name) => float32(name, [4])),
        operators: names.slice(1).map((name, i) => ({ kind: "RELU", inputs: [names[i] as string], outputs: [name] })),
        inputs: ["t0"],
        outputs: [names.at(-1) as string],
      };
    },
  ],
  [
    "ten thousand outputs, each of two thousand tensors five times",
    "imported",
    () => {
      const names = numbered(2001).map((i) => `t${i}`);
      return {
        tensors: names.map((name) => float32(name, [4])),
        operators: names.slice(1).map((name) => ({ kind: "RELU", inputs: ["t0"], outputs: [name] })),
        inputs: ["t0"],
        outputs: names.slice(1).flatMap((name) => [name, name, name, name, name]),
      };
    },
  ],
];

describe("hostile files", () => {
  test.each(rows)("%s: %s", (_name, expected, spec) => {
    const bytes = writeTflite(spec());
    const before = process.memoryUsage().rss;
    const start = performance.now();
    expect(attempt(bytes)).toBe(expected);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  });
});
