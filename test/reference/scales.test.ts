import { describe, expect, test } from "vitest";
import { QuantizationError, UnsupportedOpError } from "../../host/core/errors.js";
import type { Attributes, Numerics, TensorType } from "../../host/core/model.js";
import { findOp } from "../../host/ops/index.js";

/** Scales at the ends of what each arithmetic has a result for, on both sides: docs/quantization.md, "Limits". */
interface End {
  readonly op: string;
  readonly attributes?: Attributes;
  readonly numerics?: Numerics;
  /** Of inputs, then of the output. */
  readonly inside: readonly number[];
  readonly outside: readonly number[];
  readonly message: string;
  readonly zeroPoint?: number;
  readonly shape?: readonly number[];
}

const f = Math.fround;
const BELOW_2_30 = 2 ** 30 * (1 - 2 ** -24);
const FIXED = "fixed-point factors are below 2^30";
const FLOAT = "rescaling exceeds float32";
const REAL = "what they stand for exceeds float32";
const EIGHT_BIT = 'numerics "xnnpack" takes −127.996 to 128 here';
const conv = { unsigned: false };
const mean = { axes: [1, 2], keepDims: true, unsigned: false };
const last = { axes: [3], keepDims: false, unsigned: true };

const ENDS: readonly End[] = [
  { op: "conv2d", attributes: conv, inside: [2 ** 64, 2 ** 63, 1], outside: [2 ** 64, 2 ** 64, 1], message: FLOAT },
  { op: "conv2d", attributes: conv, inside: [2 ** -126, 2 ** -126, 1], outside: [2 ** 127, 1, 0.25], message: FLOAT },
  ...["conv2d", "depthwise_conv2d", "fully_connected"].flatMap((op): End[] =>
    [false, true].map((unsigned) => {
      const attributes = { unsigned };
      const message = FIXED;
      return {
        op,
        attributes,
        numerics: "tflite",
        inside: [BELOW_2_30, 1, 1],
        outside: [2 ** 15, 2 ** 15, 1],
        message,
      };
    }),
  ),
  { op: "add", inside: [1, 2 ** -10, 1], outside: [1, f(2 ** -10.01), 1], message: "takes 2^-10 to 256" },
  { op: "sub", inside: [255.9, 1, 1], outside: [1, 256, 1], message: "takes 2^-10 to 256" },
  { op: "add", numerics: "tflite", inside: [2 ** 48, 1, 1], outside: [2 ** 49, 1, 1], message: FIXED },
  // 2 · 2^127 is no float32, and neither is 2^20 · 2^110.
  { op: "sub", numerics: "tflite", inside: [2 ** 126, 1, 2 ** 80], outside: [2 ** 127, 1, 2 ** 80], message: FIXED },
  { op: "sub", numerics: "tflite", inside: [2 ** 126, 1, 2 ** 110], outside: [2 ** 127, 1, 2 ** 110], message: FIXED },
  { op: "mul", inside: [2 ** 64, 2 ** 63, 1], outside: [2 ** 64, 2 ** 64, 1], message: FLOAT },
  { op: "mul", inside: [2 ** -75, 2 ** -74, 1], outside: [2 ** -75, 2 ** -75, 1], message: "are 0 in float32" },
  { op: "mul", numerics: "tflite", inside: [BELOW_2_30, 1, 1], outside: [2 ** 15, 2 ** 15, 1], message: FIXED },
  { op: "relu", numerics: "tflite", inside: [BELOW_2_30, 1], outside: [2 ** 30, 1], message: FIXED },
  { op: "leaky_relu", attributes: { alpha: -0.5 }, inside: [128, 1], outside: [f(128.003), 1], message: EIGHT_BIT },
  { op: "leaky_relu", attributes: { alpha: -2 }, inside: [63.9, 1], outside: [64, 1], message: EIGHT_BIT },
  {
    op: "leaky_relu",
    attributes: { alpha: 1e6 },
    numerics: "tflite",
    inside: [1000, 1],
    outside: [2000, 1],
    message: FIXED,
  },
  {
    op: "hard_swish",
    numerics: "tflite",
    inside: [127, 1],
    outside: [128, 1],
    message: "is below 1/128 of input scale",
  },
  { op: "hard_swish", numerics: "tflite", inside: [2 ** 23, 2 ** 23], outside: [2 ** 24, 2 ** 24], message: FIXED },
  { op: "requantize", attributes: { arithmetic: "profile" }, inside: [128, 1], outside: [129, 1], message: EIGHT_BIT },
  {
    op: "requantize",
    attributes: { arithmetic: "profile" },
    numerics: "tflite",
    inside: [BELOW_2_30, 1],
    outside: [2 ** 30, 1],
    message: FIXED,
  },
  {
    op: "requantize",
    attributes: { arithmetic: "concatenation" },
    numerics: "tflite",
    inside: [2 ** 120, 1],
    outside: [2 ** 121, 1],
    message: FLOAT,
  },
  {
    op: "softmax",
    attributes: { beta: 1024 },
    numerics: "tflite",
    inside: [2 ** 117, 1],
    outside: [2 ** 118, 1],
    message: "times beta 1024 exceeds float32",
  },
  { op: "mean", attributes: mean, inside: [2 ** 119, 1], outside: [2 ** 121, 1], message: FLOAT },
  { op: "mean", attributes: last, inside: [2 ** 119, 1], outside: [2 ** 121, 1], message: FLOAT },
  { op: "mean", attributes: last, numerics: "tflite", inside: [2 ** 29, 1], outside: [2 ** 30, 1], message: FIXED },
  { op: "mean", attributes: mean, numerics: "tflite", inside: [2 ** 33, 1], outside: [2 ** 34, 1], message: FIXED },
  {
    op: "mean",
    attributes: mean,
    numerics: "tflite",
    zeroPoint: -128,
    inside: [2 ** 22, 1],
    outside: [2 ** 23, 1],
    message: "it must be within ±2^30",
  },
  {
    op: "conv2d",
    attributes: conv,
    numerics: "onnx",
    inside: [1, 1, 2 ** -126],
    outside: [4, 1, 2 ** -126],
    message: FLOAT,
  },
  { op: "batch_matmul", numerics: "onnx", inside: [1, 1, 2 ** -126], outside: [4, 1, 2 ** -126], message: FLOAT },
  ...["add", "sub"].map((op): End => {
    return { op, numerics: "onnx", inside: [2 ** 119, 2 ** 119, 1], outside: [2 ** 120, 2 ** 119, 1], message: REAL };
  }),
  { op: "mul", numerics: "onnx", inside: [2 ** 120, 2 ** 120, 1], outside: [1, 2 ** 121, 1], message: REAL },
  { op: "mean", attributes: mean, numerics: "onnx", inside: [2 ** 119, 1], outside: [2 ** 121, 1], message: FLOAT },
  {
    op: "average_pool2d",
    attributes: { filter: [4, 4] },
    numerics: "onnx",
    inside: [2 ** 116, 1],
    outside: [2 ** 117, 1],
    message: REAL,
  },
];

function verify(
  { op, attributes = {}, numerics = "xnnpack", zeroPoint = 0, shape = [1, 4, 4, 3] }: End,
  scales: readonly number[],
) {
  const tensors = scales.map((scale, i): TensorType => {
    return { name: `t${i}`, dtype: "int8", shape, quantization: { scale: [scale], zeroPoint } };
  });
  findOp(op)!.verify!(tensors.slice(0, -1), attributes as never, tensors.slice(-1), numerics);
}

describe("limits of scales", () => {
  test.each(ENDS)("$op $numerics $attributes: $inside is inside, $outside is not", (end) => {
    expect(() => verify(end, end.inside)).not.toThrow();
    expect(() => verify(end, end.outside)).toThrow(QuantizationError);
    expect(() => verify(end, end.outside)).toThrow(end.message);
  });

  test("the rescaling of a uint8 concatenation is for int8 tensors in numerics tflite", () => {
    const end = { op: "requantize", attributes: { arithmetic: "concatenation" }, message: "" } as const;
    expect(() => verify({ ...end, inside: [], outside: [] }, [1, 1])).toThrow(UnsupportedOpError);
  });

  test("what only onnx has, and what it has not", () => {
    const x: TensorType = { name: "x", dtype: "int8", shape: [2, 3], quantization: { scale: [1], zeroPoint: 7 } };
    const real: TensorType = { name: "x", dtype: "float32", shape: [2, 3] };
    const check = (
      op: string,
      attributes: Attributes,
      inputs: TensorType[],
      output: TensorType,
      numerics: Numerics,
    ) => {
      return () => findOp(op)!.verify!(inputs, attributes as never, [output], numerics);
    };
    const sums: TensorType = { name: "y", dtype: "int32", shape: [2, 3] };
    const plain = { activation: "none", unsigned: false };
    for (const op of ["conv2d", "depthwise_conv2d", "fully_connected"]) {
      expect(check(op, plain, [x, x], sums, "onnx")).not.toThrow();
      expect(check(op, plain, [x, x], sums, "xnnpack")).toThrow('numerics "xnnpack" has no int32 outputs; "onnx" has');
      expect(check(op, { ...plain, activation: "relu" }, [x, x], sums, "onnx")).toThrow('activation is "relu"');
      const dynamic = { ...plain, mode: "dynamic-range" };
      expect(check(op, dynamic, [real, x], real, "onnx")).not.toThrow();
      expect(check(op, dynamic, [real, x], real, "xnnpack")).toThrow("weights have zero point 7");
    }
    expect(check("softmax", { beta: 1 }, [x], x, "onnx")).not.toThrow();
    expect(check("softmax", { beta: 2 }, [x], x, "onnx")).toThrow('beta is 2; in numerics "onnx" it must be 1');
  });

  test("an int32 sums up 2^23 elements", () => {
    const types = (side: number): TensorType[] => [
      { name: "x", dtype: "int8", shape: [1, side, 2048, 1], quantization: { scale: [1], zeroPoint: 0 } },
    ];
    const window = { filter: [65535, 65535] };
    for (const side of [4096, 4097]) {
      const average = () => findOp("average_pool2d")!.verify!(types(side), window as never, types(side), "tflite");
      const reduce = () => findOp("mean")!.verify!(types(side), mean as never, types(side), "xnnpack");
      for (const check of [average, reduce]) {
        if (side === 4096) expect(check).not.toThrow();
        else expect(check).toThrow("8390656 elements are summed up in int32; it holds 8388608");
      }
    }
  });
});
