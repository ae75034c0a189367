import { describe, expect, test } from "vitest";
import type { Preprocessing, TensorType } from "../../host/core/model.js";
import { load, ShapeError, UsageError } from "../../host/index.js";
import { identity, operatorData, operatorModel } from "./models.js";

const int8 = (shape: readonly number[], scale = 0.5, zeroPoint = 10): TensorType => {
  return { name: "image", dtype: "int8", shape, quantization: { scale: [scale], zeroPoint } };
};
const float = (shape: readonly number[]): TensorType => ({ name: "image", dtype: "float32", shape });

describe("values on the way in and out", () => {
  test("int8: ties to even, ends of the range, infinities, NaN", async () => {
    const model = await load(identity(int8([9])));
    const { same } = model.predict([0, 0.25, 0.75, -0.25, 1000, -1000, Infinity, -Infinity, Number.NaN]);
    expect([...model.input().data]).toEqual([10, 10, 12, 10, 127, -128, 127, -128, 10]);
    expect([...same!]).toEqual([0, 0, 1, 0, 58.5, -69, 58.5, -69, 0]);
  });

  test("uint8", async () => {
    const type = { ...int8([4], 0.25, 100), dtype: "uint8" } as const;
    const model = await load(identity(type));
    expect([...model.predict([0, -25, 38.75, 1e9]).same!]).toEqual([0, -25, 38.75, 38.75]);
    expect([...model.output().data]).toEqual([100, 0, 255, 255]);
  });

  test("float32 is handed through", async () => {
    const model = await load(identity(float([5])));
    expect([...model.predict([1.5, -0, Infinity, Number.NaN, 0.1]).same!]).toEqual([
      1.5,
      -0,
      Infinity,
      Number.NaN,
      Math.fround(0.1),
    ]);
  });

  test.each(["arg_max", "arg_max_rows"])("%s: int32 and int64 come out as numbers", async (name) => {
    const model = await load(operatorModel(name));
    const { quantization } = model.inputs[0]!;
    const stored = new Int8Array(operatorData(name, "input0").buffer);
    const real = Float32Array.from(stored, (q) => quantization!.scale[0]! * (q - quantization!.zeroPoint));
    const bytes = operatorData(name, "output0").buffer;
    const isWide = model.outputs[0]!.dtype === "int64";
    const expected = isWide ? Array.from(new BigInt64Array(bytes), Number) : [...new Int32Array(bytes)];
    expect([...Object.values(model.predict(real))[0]!]).toEqual(expected);
  });

  test("real values reach the bytes that TensorFlow Lite gives for them", async () => {
    for (const name of ["uint8_in_uint8_out", "conv_3x3", "quantize", "dequantize"]) {
      const model = await load(operatorModel(name));
      const { quantization, dtype } = model.inputs[0]!;
      const raw = operatorData(name, "input0");
      const stored =
        dtype === "float32" ? new Float32Array(raw.buffer) : dtype === "int8" ? new Int8Array(raw.buffer) : raw;
      const { scale = [1], zeroPoint = 0 } = quantization ?? {};
      model.predict(Float32Array.from(stored, (q) => scale[0]! * (q - zeroPoint)));
      const { data } = model.output();
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      expect(Buffer.compare(bytes, operatorData(name, "output0")), name).toBe(0);
    }
  });
});

describe("pixels", () => {
  const pixels = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const values = { mean: [100, 110, 120], scale: [0.5, 0.25, 0.125] };
  const nhwc = (order: readonly number[]) =>
    Array.from(pixels, (_, i) => {
      const [pixel, c] = [i - (i % 3), i % 3];
      return (pixels[pixel + order[c]!]! - values.mean[c]!) * values.scale[c]!;
    });

  test.each([
    ["rgb", [0, 1, 2]],
    ["bgr", [2, 1, 0]],
  ] as const)("%s in nhwc: channels as the model wants them, then mean and scale", async (channelOrder, order) => {
    const model = await load(identity(float([1, 2, 2, 3]), { ...values, channelOrder, layout: "nhwc" }));
    expect([...model.predict({ image: pixels }).same!]).toEqual(nhwc(order));
    expect([...model.predict({ image: new Uint8ClampedArray(pixels) }).same!]).toEqual(nhwc(order));
    // Numbers that are not bytes are real values already.
    expect([...model.predict({ image: [...pixels] }).same!]).toEqual([...pixels]);
    expect([...model.predict({ image: Float32Array.from(pixels) }).same!]).toEqual([...pixels]);
  });

  test("bgr in nchw: whole planes", async () => {
    const preprocessing = { ...values, channelOrder: "bgr", layout: "nchw" } as const;
    const model = await load(identity(float([1, 3, 2, 2]), preprocessing));
    const expected = Array.from(pixels, (_, i) => {
      const c = Math.floor(i / 4);
      return (pixels[(2 - c) * 4 + (i % 4)]! - values.mean[c]!) * values.scale[c]!;
    });
    expect([...model.predict(pixels).same!]).toEqual(expected);
  });

  test("gray to int8: one mean and one scale, then the input's own", async () => {
    const preprocessing: Preprocessing = { mean: [127.5], scale: [0.25], channelOrder: "gray", layout: "nhwc" };
    const model = await load(identity(int8([1, 2, 2, 1], 0.25, 0), preprocessing));
    model.predict(Uint8Array.of(0, 127, 128, 255));
    // −127.5, −0.5, 0.5, 127.5 steps: ties go to even
    expect([...model.input().data]).toEqual([-128, 0, 0, 127]);
  });

  test("without preprocessing bytes are real values like any others", async () => {
    const model = await load(identity(float([3])));
    expect([...model.predict(Uint8Array.of(1, 2, 3)).same!]).toEqual([1, 2, 3]);
  });
});

describe("inputs by name", () => {
  test("all of them, in any order; all outputs come back", async () => {
    const model = await load(operatorModel("two_inputs_two_outputs"));
    const [x, y] = [315, 8].map((length) => Array.from({ length }, (_, i) => Math.sin(i)));
    const result = model.predict({ y: y!, x: x! });
    expect(Object.keys(result)).toEqual(["Identity", "Identity_1"]);
    expect(result["Identity"]).toHaveLength(32);
    expect(model.predict({ x: x!, y: y! })).toEqual(result);
  });

  test.each<[string, unknown, typeof UsageError | typeof ShapeError, string]>([
    ["a missing one", { x: new Float32Array(315) }, UsageError, 'predict: input "y" is missing'],
    ["an array for two", new Float32Array(315), UsageError, 'predict: input "y" is missing'],
    ["an unknown one", { x: [], z: [] }, UsageError, 'there is no input "z"; the model has "x", "y"'],
    ["too few", { x: [1, 2], y: [] }, ShapeError, 'input "x" takes 315 values, shape [1,7,9,5]; it was given 2'],
  ])("%s is refused", async (_name, inputs, type, message) => {
    const model = await load(operatorModel("two_inputs_two_outputs"));
    expect(() => model.predict(inputs as never)).toThrow(type);
    expect(() => model.predict(inputs as never)).toThrow(message);
  });
});
