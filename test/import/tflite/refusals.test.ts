import { describe, expect, test } from "vitest";
import { QbinError, QbinFormatError, UnsupportedOpError, UsageError } from "../../../host/core/errors.js";
import { importTflite } from "../../../host/import/index.js";
import type { ImportTfliteOptions } from "../../../host/import/tflite/options.js";
import { type ModelSpec, type TensorSpec, writeTflite } from "./write-tflite.js";

const s8 = (name: string, more: Partial<TensorSpec> = {}): TensorSpec => ({ name, shape: [1, 4], ...more });
const relu = (x: Partial<TensorSpec> = {}, y: Partial<TensorSpec> = {}, more: Partial<ModelSpec> = {}): ModelSpec => ({
  tensors: [s8("x", x), s8("y", y)],
  operators: [{ kind: "RELU", inputs: ["x"], outputs: ["y"] }],
  inputs: ["x"],
  outputs: ["y"],
  ...more,
});

function refusal(spec: ModelSpec | Uint8Array, options: ImportTfliteOptions = {}): QbinError {
  try {
    importTflite(spec instanceof Uint8Array ? spec : writeTflite(spec), { name: "m.tflite", ...options });
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    expect(error.message).toMatch(/^m\.tflite: [^\p{C}]+$/u);
    return error;
  }
  throw new Error("it was imported");
}

describe("one error lists everything that cannot be taken", () => {
  test("operators with index, name and reason, those behind a refused one included", () => {
    const error = refusal({
      tensors: [s8("x"), s8("a"), s8("lstm/out"), s8("c", { type: "INT16" }), s8("y"), s8("dead")],
      operators: [
        { kind: "RELU", inputs: ["x"], outputs: ["a"] },
        { kind: "UNIDIRECTIONAL_SEQUENCE_LSTM", inputs: ["a"], outputs: ["lstm/out"] },
        { kind: "CUSTOM TFLite_Detection_PostProcess", inputs: ["x"], outputs: ["dead"] },
        { kind: "CUSTOM Mine", inputs: ["lstm/out"], outputs: ["c"] },
        { kind: "RELU", inputs: ["c"], outputs: ["y"] },
      ],
      inputs: ["x"],
      outputs: ["y"],
    });
    expect(error).toBeInstanceOf(UnsupportedOpError);
    expect(error.message).toBe(
      'm.tflite: 2 operators are not supported: UNIDIRECTIONAL_SEQUENCE_LSTM (op 1, "lstm/out"): qbin has no such op; ' +
        'CUSTOM "Mine" (op 3, "c"): qbin has no such op',
    );
  });

  test("a long list is cut", () => {
    const names = Array.from({ length: 80 }, (_, i) => `t${i}`);
    const error = refusal({
      tensors: names.map((name) => s8(name)),
      operators: names.slice(1).map((name, i) => ({ kind: "CUMSUM", inputs: [names[i] as string], outputs: [name] })),
      inputs: ["t0"],
      outputs: ["t79"],
    });
    expect(error.message).toMatch(/^m\.tflite: 79 operators are not supported: CUMSUM .*; and 29 more$/);
  });

  test("operators nobody needs are not looked at", () => {
    const spec = relu();
    const operators = [...spec.operators, { kind: "CUMSUM", inputs: ["x"], outputs: ["dead"] }];
    const model = importTflite(writeTflite({ ...spec, operators, tensors: [...spec.tensors, s8("dead")] }));
    expect(model.nodes).toHaveLength(1);
  });

  test("names are shortened and lose control characters", () => {
    const name = `evil\u001b[2J\n\u202e${"x".repeat(5000)}`;
    const error = refusal({
      ...relu(),
      tensors: [s8("x"), s8(name)],
      operators: [{ kind: "CUMSUM", inputs: ["x"], outputs: [name] }],
      outputs: [name],
    });
    expect(error.message.length).toBeLessThan(300);
    expect(error.message).toContain('"evil_[2J__xxx');
  });
});

describe("what is refused by name", () => {
  test.each<[string, ModelSpec, RegExp]>([
    ["variable tensors", relu({}, {}, { tensors: [s8("x", { variable: true }), s8("y")] }), /"x" is a variable/],
    ["sparse tensors", relu({ sparse: true }), /"x" is sparse/],
    [
      "int16 with a zero point",
      relu({ type: "INT16", scale: 1, zeroPoint: 3 }),
      /"x" has zero point 3; int16 takes 0 to 0/,
    ],
    ["int4 activations", relu({ type: "INT4", scale: 1 }), /tensor "x" is INT4/],
    ["bool inputs", relu({ type: "BOOL" }), /model input 0: tensor "x" is BOOL/],
    ["several subgraphs", relu({}, {}, { subgraphs: 3 }), /it has 3 subgraphs/],
    ["a missing scale", relu({ scale: null }), /"x" is INT8 without a scale/],
    ["a scale of 0", relu({ scale: 0 }), /"x" has scale 0/],
    ["a scale that is not a number", relu({ scale: Number.NaN }), /"x" has scale NaN/],
    ["a zero point outside int8", relu({ zeroPoint: 200 }), /"x" has zero point 200; int8 takes -128 to 127/],
    ["a zero point outside uint8", relu({ type: "UINT8", zeroPoint: -1 }), /"x" has zero point -129|zero point -1/],
    ["activations with several scales", relu({ scale: [1, 2, 3, 4] }), /"x" has 4 scales; activations have one/],
    ["int8 turned into uint8 by RELU", relu({}, { type: "UINT8" }), /it mixes INT8 and UINT8/],
    ["an empty dimension", relu({ shape: [1, 0] }), /every dimension must be a positive integer/],
    ["too many dimensions", relu({ shape: [1, 1, 1, 1, 1, 1, 4] }), /has 7 dimensions; at most 6/],
    ["a huge tensor", relu({ shape: [1, 65536, 65536] }), /more than 1073741824 elements/],
  ])("%s", (_name, spec, reason) => {
    expect(refusal(spec).message).toMatch(reason);
  });

  const hybrid = (kind: string, weights: Partial<TensorSpec>): ModelSpec => ({
    tensors: [
      { name: "x", type: "FLOAT32", shape: [1, 2, 2, 2] },
      s8("w", { shape: [2, 1, 1, 2], data: [1, 2, 3, 4], ...weights }),
      { name: "y", type: "FLOAT32", shape: [1, 2, 2, 2] },
    ],
    operators: [{ kind, inputs: ["x", "w", null], outputs: ["y"], options: { 1: { int32: 1 }, 2: { int32: 1 } } }],
    inputs: ["x"],
    outputs: ["y"],
  });

  test.each([
    ["CONV_2D", {}, /one scale, and no bias: only with a bias does XNNPACK compute it/],
    ["DEPTHWISE_CONV_2D", { shape: [1, 1, 2, 2] }, /one scale: it must have one per channel, or TFLite's result is/],
    ["CONV_2D", { type: "UINT8" }, /FLOAT32 activations with UINT8 weights are not supported/],
  ] as const)("hybrid %s with weights %j", (kind, weights, message) => {
    expect(refusal(hybrid(kind, weights)).message).toMatch(message);
  });

  const dense = (w: Partial<TensorSpec>, b: Partial<TensorSpec> | null, options = {}): ModelSpec => ({
    tensors: [
      s8("x"),
      { name: "w", shape: [2, 4], data: new Array(8).fill(1), ...w },
      { name: "b", type: "INT32", shape: [2], data: [1, 2], ...b },
      s8("y", { shape: [1, 2] }),
    ],
    operators: [{ kind: "FULLY_CONNECTED", inputs: ["x", "w", b === null ? null : "b"], outputs: ["y"], options }],
    inputs: ["x"],
    outputs: ["y"],
  });

  test.each<[string, ModelSpec, RegExp]>([
    ["an int64 bias", dense({}, { type: "INT64" }), /its bias "b" is INT64, it must be INT32/],
    ["a bias of another length", dense({}, { shape: [3], data: [1, 2, 3] }), /bias \[3\] must be \[2\]/],
    ["constants shorter than their shape", dense({ data: [1] }, {}), /"w" has 1 bytes of data for 8 elements of INT8/],
    ["channels scaled along another axis", dense({ scale: [1, 1, 1, 1], axis: 1 }, {}), /scaled along dimension 1/],
    ["fewer scales than channels", dense({ shape: [2, 4], scale: [1, 1, 1] }, {}), /has 3 scales, axis 0 takes 2/],
    ["zero points per channel", dense({ scale: [1, 1], zeroPoint: [0, 1] }, {}), /have a zero point in some channel/],
    ["shuffled weights", dense({}, {}, { 1: { int8: 1 } }), /stored shuffled/],
    ["a fused TANH", dense({}, {}, { 0: { int8: 4 } }), /fused activation TANH is not supported/],
    ["an unknown activation", dense({}, {}, { 0: { int8: 9 } }), /fused activation number 9/],
  ])("%s", (_name, spec, reason) => {
    expect(refusal(spec).message).toMatch(reason);
  });

  test("a shape computed at run time", () => {
    const error = refusal({
      tensors: [s8("x"), { name: "shape", type: "INT32", shape: [2] }, s8("y")],
      operators: [{ kind: "RESHAPE", inputs: ["x", "shape"], outputs: ["y"] }],
      inputs: ["x", "shape"],
      outputs: ["y"],
    });
    expect(error.message).toMatch(/its new shape is computed at run time/);
  });

  test("numerics that no TFLite runtime has", () => {
    expect(refusal(relu(), { numerics: "onnx" as "tflite" }).message).toBe(
      'm.tflite: there is no numerics "onnx" for it; there are xnnpack, tflite, tflite-micro',
    );
  });
});

describe("malformed files", () => {
  test.each<[string, ModelSpec, RegExp]>([
    ["another schema version", relu({}, {}, { version: 2 }), /schema version 2; only 3 is known/],
    ["a tensor read before it is computed", { ...relu(), inputs: [] }, /tensor "x" is read before it is computed/],
    [
      "a tensor computed twice",
      { ...relu(), operators: [...relu().operators, ...relu().operators] },
      /tensor "y" gets a value twice/,
    ],
    ["a model input that is computed", { ...relu(), inputs: ["x", "y"] }, /tensor "y" gets a value twice/],
  ])("%s", (_name, spec, reason) => {
    const error = refusal(spec);
    expect(error).toBeInstanceOf(QbinFormatError);
    expect(error.message).toMatch(reason);
  });

  test("a file that is none", () => {
    expect(refusal(new Uint8Array(0)).message).toMatch(/0 bytes, too few/);
    expect(refusal(new Uint8Array(100)).message).toMatch(/not a "TFL3" FlatBuffer/);
  });
});

describe("wrong options", () => {
  test("unknown outputs and shapes", () => {
    expect(refusal(relu(), { outputs: ["z"] })).toBeInstanceOf(UsageError);
    expect(refusal(relu(), { outputs: [] }).message).toMatch(/list of outputs is empty/);
    expect(refusal(relu(), { shapes: { q: [1] } }).message).toMatch(/no input named "q"/);
    expect(refusal(relu(), { shapes: { x: [2, 4] } }).message).toMatch(/input "x" is \[1,4\] and cannot be \[2,4\]/);
  });
});
