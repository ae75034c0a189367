/** What element-wise references share: loops, broadcasting, and the three two-input ops' clamps. */
import { type ClampRange, clampFloat, clampRange } from "./activation.js";
import { QUANTIZED_RANGE, type TypedData } from "./dtype.js";
import { allocate, inputOf, isFloat, outputOf, type ReferenceCall, type Value } from "./evaluate.js";
import { onnxPair } from "./onnx-pairs.js";
import { type Activation, activationRange } from "./op.js";
import { perTensor } from "./quantization.js";
import { type Affine, addConstants, addMultipliers, sumShift } from "./requantize.js";
import { clamp, multiplyByQuantizedMultiplier, type QuantizedMultiplier } from "./rounding.js";
import { broadcastOffsets } from "./strided.js";

const f = Math.fround;

/** Per-tensor parameters of a quantized value. */
export function affineOf(value: Pick<Value, "name" | "quantization">): Affine {
  return perTensor(value.quantization, `"${value.name}"`);
}

/** output[i] = compute(input[i]). */
export function mapFloat(call: ReferenceCall<unknown>, compute: (x: number) => number): TypedData[] {
  return [(inputOf(call, 0).data as Float32Array).map(compute)];
}

/** output[i] = table[input[i] & 255], for one of the 256-entry tables. */
export function lookUp(call: ReferenceCall<unknown>, table: Int8Array | Uint8Array | Float32Array): TypedData[] {
  const result = allocate(outputOf(call)) as typeof table;
  const x = inputOf(call, 0).data as Int8Array | Uint8Array;
  for (let i = 0; i < x.length; i++) result[i] = table[(x[i] as number) & 255] as number;
  return [result];
}

/** output = compute(a, b), both broadcast to the output's shape. */
export function mapPairs(call: ReferenceCall<unknown>, compute: (a: number, b: number) => number): TypedData[] {
  const output = outputOf(call);
  const [a, b] = [inputOf(call, 0), inputOf(call, 1)];
  const [aOffsets, bOffsets] = [broadcastOffsets(a.shape, output.shape), broadcastOffsets(b.shape, output.shape)];
  const [aData, bData] = [a.data as Float32Array, b.data as Float32Array];
  const result = allocate(output) as Float32Array;
  for (let i = 0; i < result.length; i++) {
    result[i] = compute(aData[aOffsets[i] as number] as number, bData[bOffsets[i] as number] as number);
  }
  return [result];
}

interface Fused {
  readonly activation: Activation;
  readonly unsigned: boolean;
}

/** Float32: one operation, then the activation, (42). */
export function floatPairs(call: ReferenceCall<Fused>, compute: (a: number, b: number) => number): TypedData[] {
  const { min, max } = activationRange(call.attributes.activation);
  return mapPairs(call, (a, b) => clampFloat(f(compute(a, b)), min, max));
}

/** int8: `compute` gives the value before the clamp to the activation's range. */
export function quantizedPairs(call: ReferenceCall<Fused>, compute: (a: number, b: number) => number): TypedData[] {
  const { activation, unsigned } = call.attributes;
  const bits = outputOf(call).dtype === "int16" ? 16 : 8;
  const { min, max } = clampRange(activation, outputOf(call).quantization, call.numerics, unsigned, bits);
  return mapPairs(call, (a, b) => clamp(compute(a, b), min, max));
}

/** a + b for sign 1, a − b for sign −1. */
export function referenceSum(op: "add" | "sub", sign: 1 | -1, call: ReferenceCall<Fused>): TypedData[] {
  const output = outputOf(call);
  if (isFloat(output)) return floatPairs(call, (a, b) => a + sign * b);

  const [a, b, y] = [affineOf(inputOf(call, 0)), affineOf(inputOf(call, 1)), affineOf(output)];
  if (call.numerics === "onnx") return quantizedPairs(call, onnxPair(op, [a, b, y], call.attributes.unsigned));
  if (call.numerics === "xnnpack") {
    const { bias, multiplierA, multiplierB, shift } = addConstants(a, b, y, sign);
    return quantizedPairs(
      call,
      (p, q) => ((bias + Math.imul(p, multiplierA) + Math.imul(q, multiplierB)) >> shift) + y.zeroPoint, // (12)
    );
  }
  const shift = sumShift([output]);
  const scales = addMultipliers(a.scale, b.scale, y.scale, shift);
  return quantizedPairs(call, (p, q) => {
    const left = scaled(Math.imul(p - a.zeroPoint, 1 << shift), scales.a);
    const right = scaled(Math.imul(q - b.zeroPoint, 1 << shift), scales.b);
    return scaled((left + sign * right) | 0, scales.output) + y.zeroPoint; // (13)
  });
}

/** (8). */
export function scaled(x: number, factor: QuantizedMultiplier): number {
  return multiplyByQuantizedMultiplier(x, factor.multiplier, factor.shift);
}

/** (30), (25): output[i] = MBQM(input[i] − z_x) + z_y within the output's type, or `range`. For int16 on either side. */
export function rescaled(call: ReferenceCall<unknown>, factor: QuantizedMultiplier, range?: ClampRange): TypedData[] {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const [from, to] = [affineOf(input).zeroPoint, affineOf(output).zeroPoint];
  const [min, max] = range ? [range.min, range.max] : (QUANTIZED_RANGE[output.dtype] ?? [0, 0]);
  const result = allocate(output) as Int16Array;
  (input.data as Int16Array).forEach((q, i) => {
    result[i] = clamp(scaled(q - from, factor) + to, min, max);
  });
  return [result];
}
