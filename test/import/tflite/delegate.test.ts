import { describe, expect, test } from "vitest";
import { type Candidate, delegated } from "../../../host/import/tflite/delegate.js";
import type { Value } from "../../../host/import/tflite/value.js";

function value(
  spec: Partial<Value> & { scale?: number | number[]; zeroPoint?: number | number[]; axis?: number },
): Value {
  const { scale = 1, zeroPoint = 0, axis = 0, type = "INT8", ...rest } = spec;
  const quantized = type === "INT8" || type === "UINT8";
  const quantization = quantized ? { scale: [scale].flat(), zeroPoint: [zeroPoint].flat(), axis } : undefined;
  return { name: "t", shape: [1, 4], data: undefined, quantization, type, ...rest };
}

const s8 = (scale: number | number[] = 1, zeroPoint: number | number[] = 0) => value({ scale, zeroPoint });
const u8 = (scale = 1, zeroPoint = 0) => value({ type: "UINT8", scale, zeroPoint });
const f32 = () => value({ type: "FLOAT32" });
const weights = (type: string, scale: number | number[], zeroPoint: number | number[] = 0, axis = 0) =>
  value({ type, scale, zeroPoint, axis, data: new Uint8Array(4) });
const bias = () => value({ type: "INT32", data: new Uint8Array(16) });
const strides = (...values: number[]) =>
  value({ type: "INT32", shape: [values.length], data: new Uint8Array(Int32Array.from(values).buffer) });

/** The largest float32 below x, for positive x. */
function below(x: number): number {
  const bits = new Uint32Array(new Float32Array([x]).buffer);
  bits[0] = (bits[0] as number) - 1;
  return new Float32Array(bits.buffer)[0] as number;
}

type Row = [
  kind: string,
  why: string,
  inputs: (Value | undefined)[],
  outputs: Value[],
  xnnpack: boolean,
  alpha?: number,
];

const rows: Row[] = [
  ["CONV_2D", "int8 per tensor", [s8(), weights("INT8", 1), bias()], [s8()], true],
  ["CONV_2D", "int8 per channel", [s8(), weights("INT8", [1, 2], [0, 0]), bias()], [s8()], true],
  ["CONV_2D", "int8 per channel with a zero point", [s8(), weights("INT8", [1, 2], [0, 1]), bias()], [s8()], false],
  ["CONV_2D", "no bias", [s8(), weights("INT8", 1), undefined], [s8()], false],
  ["CONV_2D", "computed weights", [s8(), s8(), bias()], [s8()], false],
  ["CONV_2D", "uint8", [u8(), weights("UINT8", 1, 7), bias()], [u8()], true],
  ["CONV_2D", "uint8, quantized dimension 3", [u8(), weights("UINT8", 1, 7, 3), bias()], [u8()], false],
  ["DEPTHWISE_CONV_2D", "uint8, quantized dimension 3", [u8(), weights("UINT8", 1, 7, 3), bias()], [u8()], false],
  [
    "DEPTHWISE_CONV_2D",
    "int8 per channel, dimension 3",
    [s8(), weights("INT8", [1, 2], [0, 0], 3), bias()],
    [s8()],
    true,
  ],
  ["DEPTHWISE_CONV_2D", "no bias", [s8(), weights("INT8", 1), undefined], [s8()], false],
  ["CONV_2D", "ratio 256", [s8(16), weights("INT8", 16), bias()], [s8(1)], false],
  ["CONV_2D", "ratio just below 256", [s8(16), weights("INT8", below(16)), bias()], [s8(1)], true],
  ["CONV_2D", "one channel's ratio 256", [s8(16), weights("INT8", [1, 16], [0, 0]), bias()], [s8(1)], false],
  ["CONV_2D", "tiny ratio", [s8(1e-6), weights("INT8", 1e-6), bias()], [s8(1)], true],
  ["FULLY_CONNECTED", "no bias", [s8(), weights("INT8", 1), undefined], [s8()], true],
  ["FULLY_CONNECTED", "int8 weights with a zero point", [s8(), weights("INT8", 1, 3), bias()], [s8()], false],
  ["FULLY_CONNECTED", "uint8 weights with a zero point", [u8(), weights("UINT8", 1, 131), bias()], [u8()], true],
  ["FULLY_CONNECTED", "int8 in, uint8 weights", [s8(), weights("UINT8", 1, 131), bias()], [s8()], false],
  ["ADD", "ratio 2^-10", [s8(2 ** -10), s8(1)], [s8(1)], true],
  ["ADD", "ratio just below 2^-10", [s8(below(2 ** -10)), s8(1)], [s8(1)], false],
  ["ADD", "second ratio 256", [s8(1), s8(256)], [s8(1)], false],
  ["ADD", "second ratio just below 256", [s8(1), s8(below(256))], [s8(1)], true],
  ["SUB", "ratio just below 2^-10", [u8(1), u8(below(2 ** -10))], [u8(1)], false],
  ["SUB", "uint8", [u8(1), u8(1)], [u8(1)], true],
  ["ADD", "int8 and uint8", [s8(1), u8(1)], [s8(1)], false],
  ["MUL", "ratio 2^-16", [s8(2 ** -8), s8(2 ** -8)], [s8(1)], true],
  ["MUL", "ratio just below 2^-16", [s8(2 ** -8), s8(below(2 ** -8))], [s8(1)], false],
  ["MUL", "ratio 256", [s8(16), s8(16)], [s8(1)], false],
  ["MUL", "ratio just below 256", [s8(16), s8(below(16))], [s8(1)], true],
  ["LEAKY_RELU", "plain", [s8(1)], [s8(1)], true, 0.1],
  ["LEAKY_RELU", "ratio 2^-8, slope 1", [s8(2 ** -8)], [s8(1)], true, 1],
  ["LEAKY_RELU", "ratio below 2^-8", [s8(below(2 ** -8))], [s8(1)], false, 2],
  ["LEAKY_RELU", "ratio 128, slope 1", [s8(128)], [s8(1)], true, 1],
  ["LEAKY_RELU", "ratio above 128", [s8(129)], [s8(1)], false, 0.5],
  ["LEAKY_RELU", "slope · ratio below 2^-8", [s8(1)], [s8(1)], false, 0.0039],
  ["LEAKY_RELU", "slope · ratio -127.99609375", [s8(1)], [s8(1)], true, -127.99609375],
  ["LEAKY_RELU", "slope · ratio below that", [s8(1)], [s8(1)], false, -127.998],
  ["LEAKY_RELU", "slope 0", [s8(1)], [s8(1)], false, 0],
  ["LEAKY_RELU", "subnormal slope", [s8(1)], [s8(1)], false, 1e-40],
  ["LEAKY_RELU", "uint8, negative slope", [u8(1)], [u8(1)], true, -3],
  ["QUANTIZE", "from float32", [f32()], [s8()], true],
  ["QUANTIZE", "from float32 to uint8", [f32()], [u8()], true],
  ["QUANTIZE", "int8 to int8, ratio 2^-8", [s8(2 ** -8)], [s8(1)], true],
  ["QUANTIZE", "int8 to int8, ratio below 2^-8", [s8(below(2 ** -8))], [s8(1)], false],
  ["QUANTIZE", "uint8 to uint8, ratio 128", [u8(128)], [u8(1)], true],
  ["QUANTIZE", "uint8 to uint8, ratio above 128", [u8(129)], [u8(1)], false],
  ["QUANTIZE", "uint8 to int8", [u8(1, 128)], [s8(1, 0)], false],
  ["QUANTIZE", "int8 to uint8", [s8(1)], [u8(1)], false],
  ["DEQUANTIZE", "int8", [s8()], [f32()], true],
  ["DEQUANTIZE", "several scales", [s8([1, 2], [0, 0])], [f32()], false],
  ["LOGISTIC", "uint8", [u8()], [u8(1 / 256)], true],
  ["TANH", "int8", [s8()], [s8(1 / 128)], true],
  ["MAX_POOL_2D", "int8", [s8()], [s8()], true],
  ["MEAN", "uint8", [u8()], [u8(2)], true],
  ["PAD", "int8", [s8()], [s8()], true],
  ["RESIZE_BILINEAR", "uint8", [u8()], [u8()], true],
  ["STRIDED_SLICE", "strides 1", [s8(), undefined, undefined, strides(1, 1)], [s8()], true],
  ["STRIDED_SLICE", "a stride of 2", [s8(), undefined, undefined, strides(1, 2)], [s8()], false],
  ["CONCATENATION", "five inputs", new Array(5).fill(s8()), [s8()], true],
  ["CONCATENATION", "six inputs", new Array(6).fill(s8()), [s8()], false],
  ["CONCATENATION", "uint8 of one scale", [u8(1, 3), u8(1, 3)], [u8(1, 3)], true],
  ["CONCATENATION", "uint8 of two zero points", [u8(1, 3), u8(1, 4)], [u8(1, 3)], false],
  ["CONCATENATION", "uint8 of two scales", [u8(1, 3), u8(2, 3)], [u8(1, 3)], false],
  ["AVERAGE_POOL_2D", "int8", [s8()], [s8()], false],
  ["SOFTMAX", "int8", [s8()], [s8()], false],
  ["RELU", "int8", [s8()], [s8()], false],
  ["RELU6", "uint8", [u8()], [u8()], false],
  ["RELU_N1_TO_1", "int8", [s8()], [s8()], false],
  ["HARD_SWISH", "int8", [s8()], [s8()], false],
  ["ARG_MAX", "int8", [s8()], [value({ type: "INT32" })], false],
  ["RESIZE_NEAREST_NEIGHBOR", "int8", [s8()], [s8()], false],
  ["PACK", "int8", [s8(), s8()], [s8()], false],
  ["UNPACK", "int8", [s8()], [s8(), s8()], false],
  ["PADV2", "int8", [s8()], [s8()], false],
  ["SOFTMAX", "float32", [f32()], [f32()], true],
  ["ADD", "int32", [value({ type: "INT32" }), value({ type: "INT32" })], [value({ type: "INT32" })], false],
];

describe("delegated", () => {
  test.each(rows)("%s: %s", (kind, _why, inputs, outputs, xnnpack, alpha) => {
    const candidate: Candidate = { kind, inputs, outputs, ...(alpha === undefined ? {} : { alpha }) };
    const decision = delegated(candidate);
    expect(decision.delegated).toBe(xnnpack);
    if (!decision.delegated) expect(decision.reason).toMatch(/^[^\n]{8,120}$/);
  });
});
