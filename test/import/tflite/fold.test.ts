import { describe, expect, test } from "vitest";
import { elementsOf } from "../../../host/core/dtype.js";
import { validateModel } from "../../../host/format/validate.js";
import { importTflite } from "../../../host/import/index.js";
import { findOp } from "../../../host/ops/index.js";
import { type Field, type OperatorSpec, type TensorSpec, writeTflite } from "./write-tflite.js";

const int32 = (name: string, shape: number[], data?: number[]): TensorSpec => ({
  name,
  type: "INT32",
  shape,
  ...(data ? { data } : {}),
});

/**
 * Evaluates operators on constants by using the last result as the shape of a RESHAPE, or, for float32, as an operand.
 */
function evaluate(tensors: TensorSpec[], operators: OperatorSpec[], result: string): number[] {
  const last = tensors.find((tensor) => tensor.name === result)!;
  const x: TensorSpec = { name: "x", type: "FLOAT32", shape: [1] };
  const y: TensorSpec = { name: "y", type: "FLOAT32", shape: [1] };
  const bytes = writeTflite({
    tensors: [x, ...tensors, y],
    operators: [...operators, { kind: "ADD", inputs: ["x", result], outputs: ["y"] }],
    inputs: ["x"],
    outputs: ["y"],
  });
  if (last.type !== "FLOAT32") throw new Error("test: use integers()");
  const model = importTflite(bytes);
  validateModel(model, findOp);
  expect(model.nodes.map((node) => node.op)).toEqual(["add"]);
  const operand = model.tensors[model.nodes[0]!.inputs[1]!]!;
  return Array.from(elementsOf("float32", operand.data!) as Float32Array);
}

/** `evaluate` for an integer result: it goes through a CAST to float32. */
function integers(tensors: TensorSpec[], operators: OperatorSpec[], result: string): number[] {
  const cast: TensorSpec = { name: "as float", type: "FLOAT32", shape: [] };
  return evaluate(
    [...tensors, cast],
    [...operators, { kind: "CAST", inputs: [result], outputs: [cast.name] }],
    cast.name,
  );
}

const one = (kind: string, inputs: TensorSpec[], options?: Readonly<Record<number, Field>>, type = "INT32"): number[] =>
  integers(
    [...inputs, { name: "r", type, shape: [] }],
    [{ kind, inputs: inputs.map((t) => t.name), outputs: ["r"], ...(options ? { options } : {}) }],
    "r",
  );

describe("operators on constants are computed while importing", () => {
  const v = int32("v", [4], [5, -7, 9, 2]);
  const m = int32("m", [2, 3], [1, 2, 3, 4, 5, 6]);

  test.each([
    ["ADD", [v, int32("w", [], [3])], [8, -4, 12, 5]],
    ["SUB", [v, int32("w", [4], [1, 2, 3, 4])], [4, -9, 6, -2]],
    ["MUL", [int32("a", [2, 1], [2, 3]), int32("b", [2], [5, 7])], [10, 14, 15, 21]],
    ["FLOOR_DIV", [v, int32("w", [], [2])], [2, -4, 4, 1]],
    ["FLOOR_MOD", [v, int32("w", [], [4])], [1, 1, 1, 2]],
    ["MAXIMUM", [v, int32("w", [], [3])], [5, 3, 9, 3]],
    ["MINIMUM", [v, int32("w", [], [3])], [3, -7, 3, 2]],
    ["FILL", [int32("s", [2], [2, 2]), int32("w", [], [9])], [9, 9, 9, 9]],
    ["TRANSPOSE", [m, int32("p", [2], [1, 0])], [1, 4, 2, 5, 3, 6]],
    ["SLICE", [m, int32("b", [2], [0, 1]), int32("s", [2], [2, 2])], [2, 3, 5, 6]],
    ["REDUCE_PROD", [int32("d", [3], [2, 3, 4]), int32("axis", [1], [0])], [24]],
    ["SQUEEZE", [int32("q", [1, 2], [8, 9])], [8, 9]],
    ["EXPAND_DIMS", [v, int32("axis", [], [0])], [5, -7, 9, 2]],
    ["RESHAPE", [m, int32("s", [1], [-1])], [1, 2, 3, 4, 5, 6]],
  ])("%s", (kind, inputs, expected) => {
    expect(one(kind, inputs)).toEqual(expected);
  });

  test("GATHER and CONCATENATION take an axis", () => {
    expect(one("GATHER", [m, int32("i", [2], [2, 0])], { 0: { int32: 1 } })).toEqual([3, 1, 6, 4]);
    expect(one("CONCATENATION", [m, int32("n", [2, 1], [7, 8])], { 0: { int32: -1 } })).toEqual([
      1, 2, 3, 7, 4, 5, 6, 8,
    ]);
  });

  test("PACK joins, UNPACK takes apart", () => {
    expect(one("PACK", [v, int32("w", [4], [1, 2, 3, 4])], { 0: { int32: 2 }, 1: { int32: 1 } })).toEqual([
      5, 1, -7, 2, 9, 3, 2, 4,
    ]);
    const parts = [int32("a", []), int32("b", []), int32("c", [])];
    const operator = { kind: "UNPACK", inputs: ["m"], outputs: ["a", "b", "c"], options: { 1: { int32: 1 } } };
    expect(integers([m, ...parts], [operator], "b")).toEqual([2, 5]);
  });

  test("STRIDED_SLICE with a dropped axis", () => {
    const inputs = [m, int32("b", [2], [1, 0]), int32("e", [2], [2, 3]), int32("s", [2], [1, 2])];
    const options = { 4: { int32: 1 } };
    expect(one("STRIDED_SLICE", inputs, options)).toEqual([4, 6]);
  });

  test("int64 wraps at 64 bits, int32 at 32", () => {
    const big = int32("big", [1], [2 ** 31 - 1]);
    expect(one("ADD", [big, int32("w", [], [1])])).toEqual([-(2 ** 31)]);
    const wide: TensorSpec = { name: "wide", type: "INT64", shape: [1], data: [2 ** 40] };
    const two: TensorSpec = { name: "two", type: "INT64", shape: [], data: [2] };
    expect(one("MUL", [wide, two], undefined, "INT64")).toEqual([2 ** 41]);
  });

  test("QUANTIZE rounds half to even, then adds the zero point and saturates", () => {
    const floats: TensorSpec = { name: "f", type: "FLOAT32", shape: [6], data: [0.25, 0.75, -0.25, 1, 1000, -1000] };
    const q: TensorSpec = { name: "q", shape: [6], scale: 0.5, zeroPoint: 1 };
    const back: TensorSpec = { name: "back", type: "FLOAT32", shape: [6] };
    const operators = [
      { kind: "QUANTIZE", inputs: ["f"], outputs: ["q"] },
      { kind: "DEQUANTIZE", inputs: ["q"], outputs: ["back"] },
    ];
    expect(evaluate([floats, q, back], operators, "back")).toEqual([0, 1, 0, 1, 63, -64.5]);
  });
});

describe("what converters leave behind", () => {
  test("SHAPE, STRIDED_SLICE, PACK, RESHAPE with a dynamic batch becomes one reshape", () => {
    const model = importTflite(
      writeTflite({
        tensors: [
          { name: "x", shape: [1, 2, 3], signature: [-1, 2, 3] },
          int32("dims", [3]),
          int32("zero", [1], [0]),
          int32("one", [1], [1]),
          int32("batch", []),
          int32("six", [], [6]),
          int32("shape", [2]),
          { name: "y", shape: [1, 6], signature: [-1, 6] },
        ],
        operators: [
          { kind: "SHAPE", inputs: ["x"], outputs: ["dims"] },
          {
            kind: "STRIDED_SLICE",
            inputs: ["dims", "zero", "one", "one"],
            outputs: ["batch"],
            options: { 4: { int32: 1 } },
          },
          { kind: "PACK", inputs: ["batch", "six"], outputs: ["shape"], options: { 0: { int32: 2 } } },
          { kind: "RESHAPE", inputs: ["x", "shape"], outputs: ["y"] },
        ],
        inputs: ["x"],
        outputs: ["y"],
      }),
    );
    expect(model.nodes.map((node) => [node.name, node.attributes])).toEqual([["RESHAPE_3", { shape: [1, 6] }]]);
  });

  test("transposed float32 weights are transposed while importing", () => {
    const model = importTflite(
      writeTflite({
        tensors: [
          { name: "x", type: "FLOAT32", shape: [1, 2] },
          { name: "w", type: "FLOAT32", shape: [2, 3], data: [1, 2, 3, 4, 5, 6] },
          int32("p", [2], [1, 0]),
          { name: "wt", type: "FLOAT32", shape: [3, 2] },
          { name: "y", type: "FLOAT32", shape: [1, 3] },
        ],
        operators: [
          { kind: "TRANSPOSE", inputs: ["w", "p"], outputs: ["wt"] },
          { kind: "FULLY_CONNECTED", inputs: ["x", "wt", null], outputs: ["y"] },
        ],
        inputs: ["x"],
        outputs: ["y"],
      }),
    );
    const weights = model.tensors[model.nodes[0]!.inputs[1]!]!;
    expect([...elementsOf("float32", weights.data!)]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  test("two quantized constants are added by a node, which knows their scales", () => {
    const constant = (name: string): TensorSpec => ({ name, shape: [2], data: [1, 2] });
    const model = importTflite(
      writeTflite({
        tensors: [
          constant("a"),
          constant("b"),
          { name: "x", shape: [2] },
          { name: "c", shape: [2] },
          { name: "y", shape: [2] },
        ],
        operators: [
          { kind: "ADD", inputs: ["a", "b"], outputs: ["c"] },
          { kind: "MUL", inputs: ["x", "c"], outputs: ["y"] },
        ],
        inputs: ["x"],
        outputs: ["y"],
      }),
    );
    expect(model.nodes.map((node) => node.op)).toEqual(["add", "mul"]);
  });
});
