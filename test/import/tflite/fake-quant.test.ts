import { describe, expect, test } from "vitest";
import { importTflite } from "../../../host/import/index.js";
import { prepare } from "../../../host/passes/index.js";
import { runReference } from "../../../host/reference/index.js";
import { type Field, type ModelSpec, type TensorSpec, writeTflite } from "./write-tflite.js";

/** min, max, bits, narrow range. */
const range = (min: number, max: number, bits = 8, narrow = 0): Record<number, Field> => ({
  0: { float32: min },
  1: { float32: max },
  2: { int32: bits },
  3: { int8: narrow },
});
const f32 = (name: string, ...shape: number[]): TensorSpec => ({ name, type: "FLOAT32", shape });
/** Real 0 to 6 in 8 bits, as QAT writes it. */
const scale = Math.fround(6 / 255);
const s8 = (name: string, ...shape: number[]): TensorSpec => ({ name, shape, scale, zeroPoint: -128 });
const u8 = (name: string, ...shape: number[]): TensorSpec => ({ ...s8(name, ...shape), type: "UINT8", zeroPoint: 0 });

const one = (x: TensorSpec, y: TensorSpec, options: Record<number, Field>): ModelSpec => ({
  tensors: [x, y],
  operators: [{ kind: "FAKE_QUANT", inputs: [x.name], outputs: [y.name], options }],
  inputs: [x.name],
  outputs: [y.name],
});
const every = Int8Array.from({ length: 256 }, (_, i) => i - 128);

describe("FAKE_QUANT of int8 and uint8, which are on its grid already", () => {
  test("is nothing where its range is the tensor's, and goes away", () => {
    const relu = (name: string, x: string, y: string) => ({ kind: "RELU", inputs: [x], outputs: [y], name });
    const model = importTflite(
      writeTflite({
        tensors: [s8("x", 256), s8("a", 256), s8("b", 256), s8("y", 256)],
        operators: [
          relu("first", "x", "a"),
          { kind: "FAKE_QUANT", inputs: ["a"], outputs: ["b"], options: range(0, 6) },
          relu("second", "b", "y"),
        ],
        inputs: ["x"],
        outputs: ["y"],
      }),
    );
    expect(model.nodes.map(({ op }) => op)).toEqual(["relu", "reshape", "relu"]);
    expect(prepare(model).nodes.map(({ op }) => op)).toEqual(["relu", "relu"]);
    expect(runReference(model, [every])[model.outputs[0]!]).toEqual(every);
  });

  test.each([
    ["int8", s8, (q: number) => q],
    ["uint8", u8, (q: number) => q + 128],
  ] as const)("clamps %s where its range is narrower", (_, type, stored) => {
    // 0 to 3 in 7 bits: the grid is the tensor's up to float32, the range half of it.
    const model = importTflite(writeTflite(one(type("x", 256), type("y", 256), range(0, scale * 127, 7))));
    const input = type === s8 ? every : Uint8Array.from(every, stored);
    const result = runReference(model, [input])[model.outputs[0]!] as Int8Array;
    expect([...result]).toEqual([...every].map((q) => stored(Math.min(q, -1))));
  });

  test("a finer grid changes nothing", () => {
    const model = importTflite(writeTflite(one(s8("x", 256), s8("y", 256), range(0, 6, 16))));
    expect(runReference(model, [every])[model.outputs[0]!]).toEqual(every);
  });
});

test("FAKE_QUANT of constants is computed while importing", () => {
  const weights = [-1.5, -1, -0.26, 0, 0.1, 0.24, 0.74, 5];
  const model = importTflite(
    writeTflite({
      tensors: [f32("x", 8), { ...f32("w", 8), data: weights }, f32("v", 8), f32("y", 8)],
      operators: [
        { kind: "FAKE_QUANT", inputs: ["w"], outputs: ["v"], options: range(-1, 1, 2, 1) },
        { kind: "ADD", inputs: ["x", "v"], outputs: ["y"] },
      ],
      inputs: ["x"],
      outputs: ["y"],
    }),
  );
  expect(model.nodes.map(({ op }) => op)).toEqual(["add"]);
  // Two bits without the lowest code: −1, 0 and 1.
  expect(runReference(model, [new Float32Array(8)])[model.outputs[0]!]).toEqual(
    Float32Array.of(-1, -1, 0, 0, 0, 0, 1, 1),
  );
});

describe("FAKE_QUANT refuses", () => {
  const refused: [string, ModelSpec, RegExp][] = [
    ["a range without 0", one(f32("x", 4), f32("y", 4), range(1, 2)), /its range 1…2 of 8 bits is none/],
    ["an empty range", one(f32("x", 4), f32("y", 4), range(0, 0)), /its range 0…0 of 8 bits is none/],
    ["too many bits", one(f32("x", 4), f32("y", 4), range(-1, 1, 17)), /of 17 bits is none/],
    ["NaN", one(f32("x", 4), f32("y", 4), range(Number.NaN, 1)), /its range NaN…1/],
    [
      "a coarser grid",
      one(s8("x", 4), s8("y", 4), range(0, 6, 4)),
      /its steps are 0\.4.*, coarser than those of its tensor/,
    ],
    [
      "another scale behind it",
      one(s8("x", 4), { ...s8("y", 4), scale: 1 }, range(0, 6)),
      /differ in scale or zero point/,
    ],
    [
      "int32",
      one({ name: "x", type: "INT32", shape: [4] }, { name: "y", type: "INT32", shape: [4] }, range(0, 6)),
      /INT32/,
    ],
  ];
  test.each(refused)("%s", (_, spec, message) => {
    expect(() => importTflite(writeTflite(spec))).toThrow(message);
  });
});
