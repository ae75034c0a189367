import { describe, expect, test } from "vitest";
import { validateModel } from "../../../host/format/validate.js";
import { importTflite } from "../../../host/import/index.js";
import { findOp } from "../../../host/ops/index.js";
import { type Field, type TensorSpec, writeTflite } from "./write-tflite.js";

/** The nodes that a model of one operator becomes, as "op", "op" …, and its result. */
function importOne(
  kind: string,
  inputs: readonly TensorSpec[],
  output: TensorSpec,
  options?: Readonly<Record<number, Field>>,
) {
  const model = importTflite(
    writeTflite({
      tensors: [...inputs, output],
      operators: [
        { kind, inputs: inputs.map(({ name }) => name), outputs: [output.name], ...(options ? { options } : {}) },
      ],
      inputs: inputs.filter(({ data }) => data === undefined).map(({ name }) => name),
      outputs: [output.name],
    }),
  );
  validateModel(model, findOp);
  return { nodes: model.nodes, ops: model.nodes.map(({ op }) => op), shape: model.tensors[model.outputs[0]!]!.shape };
}

const f32 = (name: string, ...shape: number[]): TensorSpec => ({ name, type: "FLOAT32", shape });
const s8 = (name: string, ...shape: number[]): TensorSpec => ({ name, shape });
const list = (name: string, ...data: number[]): TensorSpec => ({ name, type: "INT32", shape: [data.length], data });

describe("TRANSPOSE_CONV", () => {
  const weights = { ...f32("w", 2, 3, 3, 1), data: new Array<number>(18).fill(1) };
  const convert = (wanted: number[], padding: number) =>
    importOne("TRANSPOSE_CONV", [list("shape", ...wanted), weights, f32("x", 1, 4, 4, 1)], f32("y", ...wanted), {
      0: { int8: padding },
      1: { int32: 2 },
      2: { int32: 2 },
    });

  test("SAME takes away in front what the convolution back would have padded", () => {
    const { nodes, shape } = convert([1, 8, 8, 2], 0);
    expect(nodes[0]!.attributes).toMatchObject({ padding: [0, 0, 1, 1], outputPadding: [0, 0], stride: [2, 2] });
    expect(shape).toEqual([1, 8, 8, 2]);
    expect(convert([1, 7, 7, 2], 0).nodes[0]!.attributes).toMatchObject({ padding: [1, 1, 1, 1] });
  });

  test("an output larger than the windows is padding of its own", () => {
    const { nodes } = convert([1, 10, 9, 2], 1);
    expect(nodes[0]!.attributes).toMatchObject({ padding: [0, 0, 0, 0], outputPadding: [1, 0] });
  });

  test("a shape that its inputs do not give is refused", () => {
    expect(() => convert([1, 8, 8, 3], 0)).toThrow(/output shape \[1,8,8,3\] is not what its inputs give, \[1,8,8,2\]/);
  });
});

describe("operators made of several ops", () => {
  test("DEPTH_TO_SPACE and SPACE_TO_DEPTH", () => {
    const options = { 0: { int32: 2 } };
    const grown = importOne("DEPTH_TO_SPACE", [f32("x", 1, 2, 3, 8)], f32("y", 1, 4, 6, 2), options);
    expect([grown.ops, grown.shape]).toEqual([
      ["reshape", "transpose", "reshape"],
      [1, 4, 6, 2],
    ]);
    expect(importOne("SPACE_TO_DEPTH", [f32("x", 1, 4, 6, 2)], f32("y", 1, 2, 3, 8), options).shape).toEqual([
      1, 2, 3, 8,
    ]);
    expect(() => importOne("DEPTH_TO_SPACE", [f32("x", 1, 2, 3, 6)], f32("y", 1, 4, 6, 1), options)).toThrow(
      /blocks of 2 do not divide \[1,2,3,6\]/,
    );
  });

  test("TILE gives every repeated axis an axis of its own", () => {
    const { nodes, shape } = importOne("TILE", [s8("x", 2, 3), list("times", 1, 4)], s8("y", 2, 12));
    expect(nodes.map(({ op, attributes }) => [op, attributes["shape"]])).toEqual([
      ["reshape", [2, 1, 3]],
      ["broadcast_to", [2, 4, 3]],
      ["reshape", [2, 12]],
    ]);
    expect(shape).toEqual([2, 12]);
  });

  test("L2_NORMALIZATION divides by the root of the sum, and never by nothing", () => {
    const { ops, nodes } = importOne("L2_NORMALIZATION", [f32("x", 2, 3)], f32("y", 2, 3));
    expect(ops).toEqual(["unary", "reduce", "unary", "clip", "div"]);
    expect(nodes[3]!.attributes["min"]).toBe(Math.fround(1e-6));
  });
});

test("STRIDED_SLICE goes backwards as NumPy does", () => {
  const cut = (begin: number, end: number, stride: number, masks: Readonly<Record<number, Field>> = {}) => {
    const inputs = [f32("x", 7), list("begin", begin), list("end", end), list("stride", stride)];
    return importOne("STRIDED_SLICE", inputs, f32("y", 1), masks).nodes[0]!.attributes;
  };
  expect(cut(5, 1, -2)).toEqual({ begin: [5], size: [2], stride: [-2] });
  expect(cut(-1, -8, -1)).toEqual({ begin: [6], size: [7], stride: [-1] });
  expect(cut(0, 0, -1, { 0: { int32: 1 }, 1: { int32: 1 } })).toEqual({ begin: [6], size: [7], stride: [-1] });
  expect(cut(99, 3, -1)).toEqual({ begin: [6], size: [3], stride: [-1] });
  expect(() => cut(1, 5, -1)).toThrow(/takes nothing/);
  expect(() => cut(1, 5, 0)).toThrow(/stride of its axis 0 is 0/);
});

describe("what is refused", () => {
  const u8: TensorSpec = { name: "x", type: "UINT8", shape: [4], zeroPoint: 100 };
  test.each<[string, readonly TensorSpec[], TensorSpec, Readonly<Record<number, Field>> | undefined, RegExp]>([
    ["EXP", [u8], { ...u8, name: "y" }, undefined, /it computes on UINT8; qbin has it for float32 and int8/],
    ["SQRT", [s8("x", 4)], s8("y", 4), undefined, /it computes on INT8; qbin has it for float32$/],
    ["SUM", [u8, list("axes", 0)], { ...u8, name: "y", shape: [] }, undefined, /it sums UINT8/],
    ["CAST", [u8], f32("y", 4), undefined, /it casts UINT8 to FLOAT32; QUANTIZE and DEQUANTIZE do that/],
    [
      "GATHER",
      [f32("x", 4, 2), list("i", 1)],
      f32("y", 1, 2),
      { 1: { int32: 1 } },
      /indices of its own for each batch/,
    ],
    ["REDUCE_PROD", [s8("x", 4), list("axes", 0)], s8("y"), undefined, /the product is float32 alone/],
    ["TILE", [f32("x", 2, 3), list("times", 2)], f32("y", 4, 3), undefined, /repetitions \[2\] do not fit \[2,3\]/],
  ])("%s", (kind, inputs, output, options, message) => {
    expect(() => importOne(kind, inputs, output, options)).toThrow(message);
  });
});
