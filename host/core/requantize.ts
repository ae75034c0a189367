/**
 * From scales and zero points to the constants of each op's arithmetic: computed once when a model is prepared, shared
 * by the references and the kernels. f(x) is rounding to float32; numbers in parentheses are equations of
 * docs/quantization.md. Where scales have no such constants these functions throw, and so ops verify scales by calling
 * them.
 */
import { QuantizationError } from "./errors.js";
import type { Numerics, TensorType } from "./model.js";
import type { OpInputs, TfliteKernels } from "./op.js";
import { checkScales } from "./quantization.js";
import { type QuantizedMultiplier, quantizeMultiplier, roundHalfEven, splitExponent } from "./rounding.js";

/** Parameters of one activation tensor, as `perTensor` returns them. */
export interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

const f = Math.fround;

/** `factor`, computed from `scales`, if it is finite: infinities end in NaN. */
function finite(factor: number, scales: readonly number[]): number {
  if (Number.isFinite(factor)) return factor;
  throw new QuantizationError(`scales ${scales.join(", ")} are too far apart: rescaling exceeds float32`);
}

// Convolutions and matrix products

/**
 * (6) f(f(s_x · s_w[c]) / s_y) per output channel, whether the weights are quantized per channel or not. 0 where float32
 * has nothing that small, as for channels whose weights are all 0.
 */
export function convScales(
  inputScale: number,
  weightScales: readonly number[],
  outputScale: number,
  channels: number,
): Float32Array {
  const scales = new Float32Array(channels);
  if (weightScales.length === 1) return scales.fill(convScale(inputScale, weightScales[0] as number, outputScale));
  convScale(inputScale, largest(weightScales), outputScale); // refuses what is too large
  // Storing rounds to float32. Networks have tens of thousands of channels, and this runs before anything is compiled.
  for (let c = 0; c < channels; c++) scales[c] = inputScale * (weightScales[c] as number);
  for (let c = 0; c < channels; c++) scales[c]! /= outputScale;
  return scales;
}

/** One of `convScales`. Larger scales of weights give larger ones. */
function convScale(inputScale: number, weightScale: number, outputScale: number): number {
  const scale = f(f(inputScale * weightScale) / outputScale);
  return scale < Infinity ? scale : finite(scale, [inputScale, weightScale, outputScale]);
}

function channelScale(scales: readonly number[], channel: number): number {
  return scales[scales.length === 1 ? 0 : channel] as number;
}

/** Ops of inputs and constant weights. */
type MatrixOp = "conv2d" | "depthwise_conv2d" | "fully_connected" | "transpose_conv";

/** Fixed-point factors per output channel. `rounds` says which multiplication they are for: (9) once, (8) twice. */
export interface ChannelMultipliers {
  readonly multiplier: Int32Array;
  readonly shift: Int32Array;
  readonly rounds: "once" | "twice";
}

/**
 * (7) for the accumulators of `op` in numerics "tflite". TFLite multiplies the scales of a uint8 node and of an int8
 * fully connected node with one weight scale in float32 before it divides in double; all others in double. `kernels`, the
 * reference kernel of a convolution and TFLite Micro's of a matrix product, are in double and round twice.
 */
export function convMultipliers(
  op: MatrixOp,
  inputScale: number,
  weightScales: readonly number[],
  outputScale: number,
  channels: number,
  unsigned: boolean,
  kernels?: TfliteKernels,
): ChannelMultipliers {
  const roundProduct = unsigned || (op === "fully_connected" && weightScales.length === 1 && !kernels);
  const multiplier = new Int32Array(channels);
  const shift = new Int32Array(channels);
  for (let c = 0; c < channels; c++) {
    const product = inputScale * channelScale(weightScales, c);
    const factor = quantizeMultiplier((roundProduct ? f(product) : product) / outputScale);
    multiplier[c] = factor.multiplier;
    shift[c] = factor.shift;
  }
  return {
    multiplier,
    shift,
    rounds: unsigned || kernels || op === "depthwise_conv2d" || op === "transpose_conv" ? "twice" : "once",
  };
}

/** (129): the factors of a matrix product's accumulators in TFLite's reference kernel, which keeps them in double. */
export function productFactors(
  inputScale: number,
  weightScales: readonly number[],
  outputScale: number,
  channels: number,
): Float64Array {
  return Float64Array.from({ length: channels }, (_, c) => (inputScale * channelScale(weightScales, c)) / outputScale);
}

/** Throws where the scales of an int8 `op` give no factors. */
export function checkConvScales(
  op: MatrixOp,
  inputs: OpInputs,
  attributes: ProductAttributes,
  outputs: readonly TensorType[],
  numerics: Numerics,
): void {
  const weights = inputs[1]?.quantization?.scale ?? [];
  checkMode(inputs, attributes, outputs, numerics);
  if (outputs[0]?.dtype === "int32") checkSums(attributes, numerics);
  checkScales([inputs[0], outputs[0]], (x, y) =>
    numerics === "tflite"
      ? convMultipliers(op, x.scale, weights, y.scale, weights.length, attributes.unsigned)
      : convScale(x.scale, largest(weights), y.scale),
  );
}

interface ProductAttributes {
  readonly activation: string;
  readonly unsigned: boolean;
  readonly mode?: "dynamic-range";
}

/** Sums that are an int32 output have no activation, and only "onnx" has them. */
function checkSums({ activation }: ProductAttributes, numerics: Numerics): void {
  if (numerics !== "onnx") throw new QuantizationError(`numerics "${numerics}" has no int32 outputs; "onnx" has`);
  if (activation === "none") return;
  throw new QuantizationError(`activation is "${activation}"; for an int32 output it must be "none"`);
}

function largest(scales: readonly number[]): number {
  let most = 0;
  for (let c = 0; c < scales.length; c++) if ((scales[c] as number) > most) most = scales[c] as number;
  return most;
}

/** "dynamic-range" is for float32 activations and int8 weights, which were never uint8, without a zero point but in "onnx". */
function checkMode(
  inputs: OpInputs,
  { mode, unsigned }: ProductAttributes,
  outputs: readonly TensorType[],
  numerics: Numerics,
): void {
  const weights = inputs[1]?.quantization;
  const isMixed = inputs[1]?.dtype === "int8" && outputs[0]?.dtype === "float32";
  if (mode !== undefined && !isMixed) {
    throw new QuantizationError(`mode is "${mode}", which is for float32 activations and int8 weights`);
  }
  if (mode === undefined || weights === undefined) return;
  if (weights.zeroPoint !== 0 && numerics !== "onnx") {
    throw new QuantizationError(`weights have zero point ${weights.zeroPoint}; in mode "${mode}" it must be 0`);
  }
  if (unsigned) throw new QuantizationError(`unsigned is true; in mode "${mode}" it must be false`);
}

// Element-wise, two inputs

/** y = ((bias + a · multiplierA + b · multiplierB) >> shift) + zp_y in wrapping int32, (12). */
export interface AddConstants {
  readonly bias: number;
  readonly multiplierA: number;
  /** Negative for a difference. */
  readonly multiplierB: number;
  readonly shift: number;
}

/** (12): "xnnpack" sum (sign 1) or difference (sign −1). Throws where XNNPACK refuses the ratio of the scales. */
export function addConstants(a: Affine, b: Affine, output: Affine, sign: 1 | -1): AddConstants {
  const ratioA = f(a.scale / output.scale);
  const ratioB = f(b.scale / output.scale);
  for (const ratio of [ratioA, ratioB]) {
    if (!(ratio >= 2 ** -10 && ratio < 256)) {
      throw new QuantizationError(
        `input scale / output scale is ${ratio}; a sum in numerics "xnnpack" takes 2^-10 to 256. Use "tflite"`,
      );
    }
  }
  const shift = 20 - (splitExponent(Math.max(ratioA, ratioB)).exponent - 1);
  const multiplierA = roundHalfEven(ratioA * 2 ** shift);
  const multiplierB = sign * roundHalfEven(ratioB * 2 ** shift);
  const zeroPoints = Math.imul(multiplierA, a.zeroPoint) + Math.imul(multiplierB, b.zeroPoint);
  return { bias: (2 ** (shift - 1) - zeroPoints) | 0, multiplierA, multiplierB, shift };
}

/** Inputs are (x − zp) << 20, scaled by `a` and `b`, added or subtracted, scaled by `output`, (13). */
export interface AddMultipliers {
  readonly a: QuantizedMultiplier;
  readonly b: QuantizedMultiplier;
  readonly output: QuantizedMultiplier;
}

/** (13): "tflite" sum or difference of inputs shifted left by `left`, which is 15 for int16, (91). */
export function addMultipliers(aScale: number, bScale: number, outputScale: number, left = 20): AddMultipliers {
  const twice = f(2 * Math.max(aScale, bScale));
  return {
    a: quantizeMultiplier(aScale / twice),
    b: quantizeMultiplier(bScale / twice),
    output: quantizeMultiplier(twice / f(2 ** left * outputScale)),
  };
}

/** How far the operands of a "tflite" sum are shifted left: 20 for int8, 15 for int16. */
export function sumShift(outputs: readonly { readonly dtype: string }[]): number {
  return outputs[0]?.dtype === "int16" ? 15 : 20;
}

/**
 * (14) f(f(s_a · s_b) / s_y): the float32 factor of "xnnpack"; `quantizeMultiplier` of it is that of "tflite". Throws for
 * 0 as well: no product could be told from another.
 */
export function mulScale(aScale: number, bScale: number, outputScale: number): number {
  const scale = f(f(aScale * bScale) / outputScale);
  if (scale > 0) return finite(scale, [aScale, bScale, outputScale]);
  throw new QuantizationError(`input scales ${aScale} and ${bScale} over ${outputScale} are 0 in float32`);
}

// Element-wise, one input

/** (30) s_x / s_y in double. */
export function requantizeMultiplier(inputScale: number, outputScale: number): QuantizedMultiplier {
  return quantizeMultiplier(inputScale / outputScale);
}

/** (29) rne(256 · s_x / s_y): the 8-bit factor of "xnnpack". */
export function requantizeMultiplier8(inputScale: number, outputScale: number): number {
  return multiplier8(f(inputScale / outputScale));
}

/** rne(256 · factor), which XNNPACK keeps, negated, in int16. */
function multiplier8(factor: number): number {
  const multiplier = roundHalfEven(f(256 * factor));
  if (multiplier >= -32767 && multiplier <= 32768) return multiplier;
  throw new QuantizationError(`rescales by ${factor}; numerics "xnnpack" takes −127.996 to 128 here. Use "tflite"`);
}

/** (31): y = clamp(rha(f(f((q + 128) · ratio) + bias)) + zp_y). */
export function concatenationScale(input: Affine, output: Affine): { readonly ratio: number; readonly bias: number } {
  const ratio = f(input.scale * f(1 / output.scale));
  finite(f(255 * ratio), [input.scale, output.scale]);
  return { ratio, bias: f(-(input.zeroPoint + 128) * ratio) };
}

/** (25) f(s_x / s_y), for a stand-alone relu. */
export function reluMultiplier(inputScale: number, outputScale: number): QuantizedMultiplier {
  return quantizeMultiplier(f(inputScale / outputScale));
}

/** (23) 8-bit factors of "xnnpack" for x ≥ zp and x < zp. */
export function leakyMultipliers8(inputScale: number, outputScale: number, alpha: number) {
  const ratio = f(inputScale / outputScale);
  return {
    positive: multiplier8(ratio),
    negative: multiplier8(f(ratio * f(alpha))),
  };
}

/** (126) the factor of a sum in "tflite", in the form of `MeanMultiplier`. */
export function sumMultiplier(input: Affine, output: Affine, count: number): MeanMultiplier {
  const factor = quantizeMultiplier(input.scale / output.scale);
  return { ...factor, offset: Math.imul(count, input.zeroPoint), bias: output.zeroPoint };
}

/** (24) fixed-point factors of "tflite" for x ≥ zp and x < zp. */
export function leakyMultipliers(inputScale: number, outputScale: number, alpha: number) {
  return {
    positive: quantizeMultiplier(f(inputScale / outputScale)),
    negative: quantizeMultiplier(f(f(inputScale * f(alpha)) / outputScale)),
  };
}

/** (64) fixed-point factors for x ≥ zp and for the product of x < zp with its slope. */
export function preluMultipliers(inputScale: number, slopeScale: number, outputScale: number) {
  return {
    positive: quantizeMultiplier(f(inputScale / outputScale)),
    negative: quantizeMultiplier(f(f(inputScale * slopeScale) / outputScale)),
  };
}

// Mean

/**
 * y = rne(clamp(f(f(f(S) · scale) + bias))), S the sum of `count` raw values, (17). For `unsigned` nodes S sums, and y
 * is, values 128 higher.
 */
export interface MeanScale {
  readonly scale: number;
  readonly bias: number;
}

/** (17): "xnnpack"; a sum is not divided by its count. */
export function meanScale(
  input: Affine,
  output: Affine,
  count: number,
  unsigned: boolean,
  kind: "mean" | "sum" = "mean",
): MeanScale {
  const up = unsigned ? 128 : 0;
  const ratio = f(input.scale / output.scale);
  const scale = kind === "mean" ? f(ratio * f(1 / count)) : ratio;
  // No sum of int8 or uint8 values is larger, and neither is that of the zero points.
  finite(f(f(255 * count) * scale), [input.scale, output.scale]);
  const bias = f(output.zeroPoint + up - f(f(count * (input.zeroPoint + up)) * scale));
  return { scale, bias };
}

/** y = clamp(MBQM(S − offset; multiplier, shift) + bias), (18) and (19); `unsigned` as in `MeanScale`. */
export interface MeanMultiplier extends QuantizedMultiplier {
  readonly offset: number;
  readonly bias: number;
}

/** (18): "tflite" over height and width of a 4-D tensor, axes kept. */
export function spatialMeanMultiplier(input: Affine, output: Affine, count: number, unsigned: boolean): MeanMultiplier {
  const up = unsigned ? 128 : 0;
  const zero = f(f((input.zeroPoint + up) * input.scale) / output.scale);
  if (!(Math.abs(zero) < 2 ** 30)) {
    throw new QuantizationError(`input zero point · input scale / output scale is ${zero}; it must be within ±2^30`);
  }
  const bias = output.zeroPoint + up - Math.trunc(zero > 0 ? f(zero + 0.5) : f(zero - 0.5));
  return { ...quantizeMultiplier(f(input.scale / f(count * output.scale))), offset: 0, bias };
}

/** (19): "tflite" over any other axes; the division by the count is folded into the multiplier. */
export function meanMultiplier(input: Affine, output: Affine, count: number, unsigned: boolean): MeanMultiplier {
  const up = unsigned ? 128 : 0;
  const factor = quantizeMultiplier(input.scale / output.scale);
  const left = Math.min(31 - Math.clz32(count), 32, 31 + factor.shift);
  const multiplier = Number((BigInt(factor.multiplier) << BigInt(left)) / BigInt(count));
  return {
    multiplier,
    shift: factor.shift - left,
    offset: Math.imul(count, input.zeroPoint + up),
    bias: output.zeroPoint + up,
  };
}

// Softmax and hard swish

/** (20) f(−s · f(beta)), what differences to the maximum are multiplied with before exp. */
export function softmaxFactor(inputScale: number, beta: number): number {
  const factor = f(-inputScale * f(beta));
  if (Number.isFinite(factor)) return factor;
  throw new QuantizationError(`input scale ${inputScale} times beta ${beta} exceeds float32`);
}

/** Constants of (123): (x << shift) · multiplier / 2^31 is a difference of stored values, Q5; below `least` it is nothing. */
export interface FixedSoftmax extends QuantizedMultiplier {
  readonly least: number;
}

/** (123). A real difference of 31 and more counts as infinite. */
export function fixedSoftmax(inputScale: number, beta: number): FixedSoftmax {
  const factor = quantizeMultiplier(f(beta) * inputScale * 2 ** 26);
  if (factor.shift < 0) throw new QuantizationError(`input scale ${inputScale} times beta ${beta} is below 2^-27`);
  return { ...factor, least: -Math.floor((31 * 2 ** 26) / 2 ** factor.shift) };
}

/** Constants of (26). */
export interface HardSwishConstants {
  readonly outputMultiplier: number;
  readonly outputShift: number;
  readonly gateMultiplier: number;
  readonly gateShift: number;
}

/** (26): TFLite's int16 fixed point. Throws when the output scale is below 1/128 of the input's, as TFLite does. */
export function hardSwishConstants(inputScale: number, outputScale: number): HardSwishConstants {
  const fine = f(f(1 / 128) * inputScale);
  const output = quantizeMultiplier(f(fine / outputScale));
  if (output.shift > 0) {
    throw new QuantizationError(`hard_swish: output scale ${outputScale} is below 1/128 of input scale ${inputScale}`);
  }
  const gate = quantizeMultiplier(f(fine / f(3 / 32768)));
  return {
    outputMultiplier: to16Bits(output.multiplier),
    outputShift: output.shift,
    gateMultiplier: to16Bits(gate.multiplier),
    gateShift: gate.shift,
  };
}

function to16Bits(multiplier: number): number {
  return Math.min(Math.floor((multiplier + 2 ** 15) / 2 ** 16), 32767);
}
