import { clampRange } from "../core/activation.js";
import { QUANTIZED_RANGE } from "../core/dtype.js";
import type { Activation } from "../core/op.js";
import { scaleOf } from "../core/quantization.js";
import { addMultipliers, mulScale } from "../core/requantize.js";
import { type QuantizedMultiplier, quantizeMultiplier } from "../core/rounding.js";
import { elementCount } from "../core/shape.js";
import { WIDE_BINARY_ARGS, WIDE_CONVERT_ARGS } from "./args.generated.js";
import { blocksOf } from "./block.js";
import { planBroadcast } from "./broadcast.js";
import { type NodePlan, type PrepareCall, step } from "./kernel.js";

const UNUSED: QuantizedMultiplier = { multiplier: 0, shift: 0 };

/** Sum (sign 1), difference (−1) or product of two int16 tensors. */
export function planWideBinary(
  kind: 1 | -1 | "product",
  call: PrepareCall<{ readonly activation: Activation }>,
): NodePlan {
  const { shape, inPlace, tiles, operands, swapped } = planBroadcast(call);
  const output = call.outputs[0]!;
  const [a, b, y] = [call.inputs[0]!, call.inputs[1]!, output].map(({ quantization }) => scaleOf(quantization!));
  const isProduct = kind === "product";
  const sum = isProduct ? undefined : addMultipliers(a!, b!, y!, 15);
  const factors = [
    { factor: sum?.a ?? UNUSED, sign: 1 },
    { factor: sum?.b ?? UNUSED, sign: isProduct ? 1 : kind },
  ];
  const [first, second] = swapped ? [factors[1]!, factors[0]!] : [factors[0]!, factors[1]!];
  const values = {
    isProduct: isProduct ? 1 : 0,
    multiplierA: first.factor.multiplier,
    shiftA: first.factor.shift,
    signA: first.sign,
    multiplierB: second.factor.multiplier,
    shiftB: second.factor.shift,
    signB: second.sign,
    ...(sum?.output ?? quantizeMultiplier(mulScale(a!, b!, y!))),
    ...clampRange(call.attributes.activation, output.quantization, "tflite", false, 16),
  };
  return {
    constants: [shape],
    inPlace,
    steps: (at) => [step("qs16_vbinary", WIDE_BINARY_ARGS, { ...operands(at), ...values }, tiles)],
  };
}

const FROM_FLOAT = 0;
const TO_FLOAT = 1;
const RESCALE = 2;
const BYTES: Readonly<Record<string, number>> = { float32: 4, int16: 2, int8: 1 };

/** quantize, dequantize, requantize and relu with int16 on either side; `factor` and `range` are for the last two. */
export function planWideConversion(
  call: PrepareCall<unknown>,
  factor: QuantizedMultiplier = UNUSED,
  range?: { readonly min: number; readonly max: number },
): NodePlan {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const length = elementCount(output.shape);
  const [min, max] = range ? [range.min, range.max] : (QUANTIZED_RANGE[output.dtype] ?? [0, 0]);
  const float = input.dtype === "float32" ? output : input;
  const values = {
    length,
    kind: input.dtype === "float32" ? FROM_FLOAT : output.dtype === "float32" ? TO_FLOAT : RESCALE,
    inputBytes: BYTES[input.dtype]!,
    outputBytes: BYTES[output.dtype]!,
    inputZeroPoint: input.quantization?.zeroPoint ?? 0,
    zeroPoint: output.quantization?.zeroPoint ?? 0,
    ...factor,
    min,
    max,
    scale: scaleOf(float.quantization!),
  };
  return {
    ...(input.dtype === output.dtype && { inPlace: [0] }),
    steps: (at) => [
      step("qs16_vcvt", WIDE_CONVERT_ARGS, { ...values, input: at.input(0), output: at.output(0) }, blocksOf(length)),
    ],
  };
}
