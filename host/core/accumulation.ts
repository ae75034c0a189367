/** What the references of convolutions and matrix products share: bias, dot product and output stage of a channel. */
import { clampFloat, clampRange } from "./activation.js";
import type { TypedData } from "./dtype.js";
import { type DynamicNode, dynamicQuantization, joinsScales, quantizeDynamic, rangesOf } from "./dynamic-range.js";
import { affineOf } from "./elementwise.js";
import { allocate, inputOf, isFloat, outputOf, type ReferenceCall } from "./evaluate.js";
import { type Activation, activationRange, type TfliteKernels } from "./op.js";
import { convMultipliers, convScales, productFactors } from "./requantize.js";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  multiplyByQuantizedMultiplierSingle,
  roundHalfAway,
  roundHalfEven,
} from "./rounding.js";
import { realValues } from "./stored.js";
import { rescaleWide, wideMultipliers } from "./wide.js";

const f = Math.fround;

export interface Accumulation {
  readonly output: TypedData;
  /** The accumulator a channel starts with: its bias, or 0. */
  start(channel: number): number;
  /** Adds `length` consecutive products of input and weights to `acc`, one after another. */
  dot(acc: number, inputAt: number, weightAt: number, length: number): number;
  /** output[at] = the accumulator of `channel`, scaled, clamped. */
  store(at: number, acc: number, channel: number): void;
}

type Op = "conv2d" | "depthwise_conv2d" | "fully_connected" | "transpose_conv";
type Call = ReferenceCall<
  DynamicNode["attributes"] & {
    readonly activation: Activation;
    readonly unsigned: boolean;
    readonly mode?: "dynamic-range";
    readonly kernels?: TfliteKernels;
  }
>;

/** Inputs of the call are x, weights and an optional bias. */
export function accumulation(op: Op, call: Call, channels: number): Accumulation {
  if (call.attributes.mode === "dynamic-range") return dynamicAccumulation(op, call);
  if (outputOf(call).dtype === "int16") return wideAccumulation(op, call, channels);
  if (outputOf(call).dtype === "int32") return sumAccumulation(call);
  return isFloat(outputOf(call)) ? floatAccumulation(call) : integerAccumulation(op, call, channels);
}

/** (43): every product and every sum is rounded to float32, in order. */
function floatAccumulation(call: Call): Accumulation {
  const x = inputOf(call, 0).data as Float32Array;
  const w = realValues(inputOf(call, 1));
  const bias = call.inputs[2]?.data as Float32Array | undefined;
  const output = allocate(outputOf(call)) as Float32Array;
  const { min, max } = activationRange(call.attributes.activation);
  return {
    output,
    start: (channel) => (bias ? (bias[channel] as number) : 0),
    dot(acc, inputAt, weightAt, length) {
      let sum = acc;
      for (let i = 0; i < length; i++) {
        sum = f(sum + f((x[inputAt + i] as number) * (w[weightAt + i] as number)));
      }
      return sum;
    },
    store(at, acc) {
      output[at] = clampFloat(acc, min, max);
    },
  };
}

/** (2) on activations that (82) quantizes, wrapping; then (83) or (84). */
function dynamicAccumulation(op: Op, call: Call): Accumulation {
  const { numerics } = call;
  const x = inputOf(call, 0).data as Float32Array;
  const weights = inputOf(call, 1);
  const w = weights.data as Int8Array;
  const weightZero = weights.quantization?.zeroPoint ?? 0;
  const bias = call.inputs[2]?.data as Float32Array | undefined;
  const scale = (channel: number) => weights.quantization?.scale[weights.quantization.axis === undefined ? 0 : channel];
  const { attributes } = call;
  const count = rangesOf({ op, inputShape: inputOf(call, 0).shape, weightsShape: weights.shape, attributes }, numerics);
  const length = x.length / count;
  const differences = new Int32Array(x.length);
  const steps = Array.from({ length: count }, (_, range) => {
    const values = x.subarray(range * length, (range + 1) * length);
    const parameters = dynamicQuantization(values, numerics);
    values.forEach((value, i) => {
      differences[range * length + i] = quantizeDynamic(value, parameters, numerics) - parameters.zeroPoint;
    });
    return parameters.step;
  });
  const output = allocate(outputOf(call)) as Float32Array;
  const { min, max } = activationRange(attributes.activation);
  return {
    output,
    start: () => 0,
    dot(acc, inputAt, weightAt, length) {
      let sum = acc;
      for (let i = 0; i < length; i++) {
        sum = (sum + (differences[inputAt + i] as number) * ((w[weightAt + i] as number) - weightZero)) | 0;
      }
      return sum;
    },
    store(at, acc, channel) {
      const step = steps[Math.floor(at / (output.length / count))] as number;
      const s = scale(channel) as number;
      const product = joinsScales(op, numerics) ? f(f(acc) * f(step * s)) : f(f(f(acc) * step) * s);
      output[at] = clampFloat(f(product + (bias ? (bias[channel] as number) : 0)), min, max);
    },
  };
}

/** (2) in int64, which no sum leaves: doubles hold every one of them. Then (90). */
function wideAccumulation(op: Op, call: Call, channels: number): Accumulation {
  const x = inputOf(call, 0).data as Int16Array;
  const weights = inputOf(call, 1);
  const w = weights.data as Int8Array;
  const bias = call.inputs[2]?.data as BigInt64Array | undefined;
  const [sx, sy] = [affineOf(inputOf(call, 0)).scale, affineOf(outputOf(call)).scale];
  const { multiplier, shift } = wideMultipliers(op, sx, weights.quantization?.scale ?? [], sy, channels);
  const { min, max } = clampRange(call.attributes.activation, outputOf(call).quantization, "tflite", false, 16);
  const output = allocate(outputOf(call)) as Int16Array;
  return {
    output,
    start: (channel) => Number(bias?.[channel] ?? 0),
    dot(acc, inputAt, weightAt, length) {
      let sum = acc;
      for (let i = 0; i < length; i++) sum += (x[inputAt + i] as number) * (w[weightAt + i] as number);
      return sum;
    },
    store(at, acc, channel) {
      output[at] = rescaleWide(acc, multiplier[channel] as number, shift[channel] as number, min, max);
    },
  };
}

/** (2): int32, wrapping. */
function integerProducts(call: Call): Accumulation["dot"] {
  const x = inputOf(call, 0).data as Int8Array;
  const w = inputOf(call, 1).data as Int8Array;
  const inputZero = affineOf(inputOf(call, 0)).zeroPoint;
  const weightZero = inputOf(call, 1).quantization?.zeroPoint ?? 0;
  return (acc, inputAt, weightAt, length) => {
    let sum = acc;
    for (let i = 0; i < length; i++) {
      sum = (sum + ((x[inputAt + i] as number) - inputZero) * ((w[weightAt + i] as number) - weightZero)) | 0;
    }
    return sum;
  };
}

/** (2) itself. */
function sumAccumulation(call: Call): Accumulation {
  const bias = call.inputs[2]?.data as Int32Array | undefined;
  const output = allocate(outputOf(call)) as Int32Array;
  return {
    output,
    start: (channel) => (bias ? (bias[channel] as number) : 0),
    dot: integerProducts(call),
    store(at, acc) {
      output[at] = acc;
    },
  };
}

function integerAccumulation(op: Op, call: Call, channels: number): Accumulation {
  const bias = call.inputs[2]?.data as Int32Array | undefined;
  const { min, max } = clampRange(
    call.attributes.activation,
    outputOf(call).quantization,
    call.numerics,
    call.attributes.unsigned,
  );
  const zero = affineOf(outputOf(call)).zeroPoint;
  const scaled = outputStage(op, call, channels);
  const output = allocate(outputOf(call)) as Int8Array;
  return {
    output,
    start: (channel) => (bias ? (bias[channel] as number) : 0),
    dot: integerProducts(call),
    store(at, acc, channel) {
      output[at] = clamp(scaled(acc, channel) + zero, min, max);
    },
  };
}

/** The accumulator in units of the output scale. */
function outputStage(op: Op, call: Call, channels: number): (acc: number, channel: number) => number {
  const inputScale = affineOf(inputOf(call, 0)).scale;
  const weightScales = inputOf(call, 1).quantization?.scale ?? [];
  const outputScale = affineOf(outputOf(call)).scale;
  if (call.numerics !== "tflite") {
    const scales = convScales(inputScale, weightScales, outputScale, channels);
    return (acc, channel) => roundHalfEven(f(f(acc) * (scales[channel] as number))); // (5)
  }
  const { unsigned, kernels } = call.attributes;
  if (op === "fully_connected" && kernels === "reference") {
    const products = productFactors(inputScale, weightScales, outputScale, channels);
    return (acc, channel) => roundHalfAway(acc * (products[channel] as number)); // (129)
  }
  const factors = convMultipliers(op, inputScale, weightScales, outputScale, channels, unsigned, kernels);
  const multiply = factors.rounds === "once" ? multiplyByQuantizedMultiplierSingle : multiplyByQuantizedMultiplier;
  return (acc, channel) => multiply(acc, factors.multiplier[channel] as number, factors.shift[channel] as number);
}
