/**
 * Ops of one int8 or uint8 input, as tables of 256 results: entry q & 255 is the result for the stored value q.
 * The tables are the definition; references look results up, and so may kernels.
 */
import { clampFloat, clampRange } from "./activation.js";
import { exp, expf, logisticf, tanhf } from "./exp.js";
import type { Numerics } from "./model.js";
import { quantizedOf, realOf } from "./onnx.js";
import { type Activation, activationRange, type TfliteKernels } from "./op.js";
import {
  type Affine,
  concatenationScale,
  hardSwishConstants,
  leakyMultipliers,
  leakyMultipliers8,
  reluMultiplier,
  requantizeMultiplier,
  requantizeMultiplier8,
  softmaxFactor,
} from "./requantize.js";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  type QuantizedMultiplier,
  roundHalfAway,
  roundHalfEven,
  roundingDivideByPowerOfTwo,
} from "./rounding.js";
import { UNARY_FUNCTIONS, type Unary } from "./unary.js";

/** The two types a quantized activation is stored in; uint8 appears only at the edges of a model. */
export type ByteType = "int8" | "uint8";

const f = Math.fround;

/** Results of `compute` for every stored value of `input`, clamped to the range of `output`. */
export function byteTable(input: ByteType, output: ByteType, compute: (q: number) => number): Int8Array | Uint8Array {
  const table = output === "int8" ? new Int8Array(256) : new Uint8Array(256);
  const lowest = input === "int8" ? -128 : 0;
  const min = output === "int8" ? -128 : 0;
  for (let q = lowest; q < lowest + 256; q++) table[q & 255] = clamp(compute(q), min, min + 255);
  return table;
}

function int8Table(compute: (q: number) => number): Int8Array {
  return byteTable("int8", "int8", compute) as Int8Array;
}

function scaled(x: number, factor: QuantizedMultiplier): number {
  return multiplyByQuantizedMultiplier(x, factor.multiplier, factor.shift);
}

/** (21) and (22) with g(x) = 1 / (1 + exp(−x)); (62) with (40). */
export function logisticTable(input: Affine, output: Affine, numerics: Numerics, unsigned: boolean): Int8Array {
  if (numerics === "onnx") return quantizedFunctionTable(logisticf, input, output, numerics);
  const g = numerics === "xnnpack" ? logisticWide : (x: number) => f(1 / f(1 + expf(-x)));
  return functionTable(g, input, output, numerics, unsigned);
}

/** XNNPACK's: exp in double, one rounding at the end. */
function logisticWide(x: number): number {
  if (x > 100) return 1;
  if (x < -100) return 0;
  const e = exp(x);
  return f(e / (1 + e));
}

/** (21), (22) and (62) with g = tanh. */
export function tanhTable(input: Affine, output: Affine, numerics: Numerics, unsigned: boolean): Int8Array {
  if (numerics === "onnx") return quantizedFunctionTable(tanhf, input, output, numerics);
  return functionTable(tanhf, input, output, numerics, unsigned);
}

/**
 * "xnnpack" adds the zero point before rounding, so that the shift of uint8 to int8 shows in the last bit of the sum;
 * "tflite" rounds first.
 */
function functionTable(
  g: (x: number) => number,
  input: Affine,
  output: Affine,
  numerics: Numerics,
  unsigned: boolean,
): Int8Array {
  const inverse = f(1 / output.scale);
  const shift = unsigned ? 128 : 0;
  return int8Table((q) => {
    const y = f(g(f((q - input.zeroPoint) * input.scale)) * inverse);
    if (numerics === "tflite") return roundHalfAway(y) + output.zeroPoint; // (22)
    return roundHalfEven(clamp(f(y + (output.zeroPoint + shift)), shift - 128, shift + 127)) - shift; // (21)
  });
}

/**
 * A float32 function of an int8 tensor: (21), (22), or in "onnx" (62), which is dequantize, g, quantize. NaN becomes the
 * zero point.
 */
export function quantizedFunctionTable(
  g: (x: number) => number,
  input: Affine,
  output: Affine,
  numerics: Numerics,
): Int8Array {
  if (numerics !== "onnx") return functionTable((x) => numberOr0(g(x)), input, output, numerics, false);
  return int8Table((q) => quantizedOf(g(realOf(q, input)), output));
}

/** (63) for abs in "tflite", which rescales in fixed point; all others as `quantizedFunctionTable`. */
export function unaryTable(name: Unary, input: Affine, output: Affine, numerics: Numerics): Int8Array {
  if (name !== "abs" || numerics !== "tflite") {
    return quantizedFunctionTable(UNARY_FUNCTIONS[name], input, output, numerics);
  }
  const factor = requantizeMultiplier(input.scale, output.scale);
  return int8Table((q) => scaled(Math.abs(q - input.zeroPoint), factor) + output.zeroPoint);
}

function numberOr0(y: number): number {
  return Number.isNaN(y) ? 0 : y;
}

/** (23), (24), and (62) with (47). */
export function leakyReluTable(
  input: Affine,
  output: Affine,
  alpha: number,
  numerics: Numerics,
  kernels?: TfliteKernels,
): Int8Array {
  if (numerics === "onnx") {
    const slope = f(alpha);
    return quantizedFunctionTable((x) => (x >= 0 ? x : f(slope * x)), input, output, numerics);
  }
  if (numerics === "xnnpack") {
    const { positive, negative } = leakyMultipliers8(input.scale, output.scale, alpha);
    return int8Table((q) => {
      const x = q - input.zeroPoint;
      return ((x * (x >= 0 ? positive : negative) + 128) >> 8) + output.zeroPoint;
    });
  }
  // The reference kernels negate the result for a negative slope, not the factor: ties round the other way.
  const sign = kernels && alpha < 0 ? -1 : 1;
  const { positive, negative } = leakyMultipliers(input.scale, output.scale, sign * alpha);
  return int8Table((q) => {
    const x = q - input.zeroPoint;
    return (x >= 0 ? scaled(x, positive) : sign * scaled(x, negative)) + output.zeroPoint;
  });
}

/** (25), and (62) with (42). */
export function reluTable(input: Affine, output: Affine, activation: Activation, numerics: Numerics): Int8Array {
  if (numerics === "onnx") {
    const real = activationRange(activation);
    return quantizedFunctionTable((x) => clampFloat(x, real.min, real.max), input, output, numerics);
  }
  const factor = reluMultiplier(input.scale, output.scale);
  const { min, max } = clampRange(activation, { scale: [output.scale], zeroPoint: output.zeroPoint }, "tflite", false);
  return int8Table((q) => clamp(scaled(q - input.zeroPoint, factor) + output.zeroPoint, min, max));
}

/** (48) */
export function hardSwishf(x: number): number {
  return f(x * f(clampFloat(f(x + 3), 0, 6) / 6));
}

/** (26): x · relu6(x + 3) / 6 in saturating int16; `gate` is (relu6(x + 3) / 6) in Q0.15. In "onnx" (62). */
export function hardSwishTable(input: Affine, output: Affine, numerics: Numerics): Int8Array {
  if (numerics === "onnx") return quantizedFunctionTable(hardSwishf, input, output, numerics);
  const { outputMultiplier, outputShift, gateMultiplier, gateShift } = hardSwishConstants(input.scale, output.scale);
  return int8Table((q) => {
    const fine = (q - input.zeroPoint) * 128;
    const x = saturatingHighProduct(fine, outputMultiplier);
    let gate = fine;
    if (gateShift > 0) gate = saturate16(gate * 2 ** (gateShift - 1));
    gate = saturatingHighProduct(gate, gateMultiplier);
    if (gateShift > 0) gate = saturate16(gate * 2);
    if (gateShift < 0) gate = roundingDivideByPowerOfTwo(gate, -gateShift);
    gate = (gate + 2 ** 15) >> 1;
    const product = Math.trunc((gate * x) / 2 ** 15);
    return roundingDivideByPowerOfTwo(product, -outputShift) + output.zeroPoint;
  });
}

/** a · b / 2^15 in int16, ties toward +∞ (gemmlowp's SaturatingRoundingDoublingHighMul). */
function saturatingHighProduct(a: number, b: number): number {
  const product = a * b;
  return saturate16(Math.trunc((product + (product >= 0 ? 2 ** 14 : 1 - 2 ** 14)) / 2 ** 15));
}

function saturate16(x: number): number {
  return clamp(x, -32768, 32767);
}

/** (29) for equal types in "xnnpack", (27) of (28) in "onnx", else (30). */
export function requantizeTable(
  inputType: ByteType,
  input: Affine,
  outputType: ByteType,
  output: Affine,
  numerics: Numerics,
): Int8Array | Uint8Array {
  if (numerics === "onnx") return byteTable(inputType, outputType, (q) => quantizedOf(realOf(q, input), output));
  if (numerics === "xnnpack" && inputType === outputType) {
    const multiplier = requantizeMultiplier8(input.scale, output.scale);
    const bias = output.zeroPoint * 256 - multiplier * input.zeroPoint + 128;
    return byteTable(inputType, outputType, (q) => (bias + q * multiplier) >> 8);
  }
  const factor = requantizeMultiplier(input.scale, output.scale);
  return byteTable(inputType, outputType, (q) => scaled(q - input.zeroPoint, factor) + output.zeroPoint);
}

/** (31): how TFLite's uint8 CONCATENATION rescales, here from and to int8 values that stand for uint8 ones. */
export function concatenationRescaleTable(input: Affine, output: Affine): Int8Array {
  const { ratio, bias } = concatenationScale(input, output);
  return int8Table((q) => roundHalfAway(f(f((q + 128) * ratio) + bias)) + output.zeroPoint);
}

/** (28) f((q − zp) · s). */
export function dequantizeTable(type: ByteType, input: Affine): Float32Array {
  const table = new Float32Array(256);
  const lowest = type === "int8" ? -128 : 0;
  for (let q = lowest; q < lowest + 256; q++) table[q & 255] = (q - input.zeroPoint) * input.scale;
  return table;
}

/** (20) T[255 − v] = exp(−s · beta · v) for v = 0…255; entry 255 − (max − x) is the weight of x. */
export function softmaxTable(inputScale: number, beta: number): Float32Array {
  const table = new Float32Array(256);
  const factor = softmaxFactor(inputScale, beta);
  for (let v = 0; v < 256; v++) table[255 - v] = expf(f(factor * v));
  return table;
}
