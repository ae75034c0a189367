import type { TensorView } from "../index.js";

/** One value of an output with its place; `label` is its class name where the model has one. */
export interface RankedValue {
  readonly index: number;
  readonly label?: string;
  readonly value: number;
}

/** Real values: scale · (q − zeroPoint) for quantized tensors, the numbers themselves otherwise. */
export function realValues({ data, quantization }: TensorView): Float64Array {
  const scale = quantization?.scale[0] ?? 1;
  const zeroPoint = quantization?.zeroPoint ?? 0;
  const real = new Float64Array(data.length);
  for (let i = 0; i < real.length; i++) real[i] = (Number(data[i]) - zeroPoint) * scale;
  return real;
}

/** The `count` largest values, largest first; of equal ones the first comes first, and NaN comes last. */
export function largest(values: Float64Array, count: number, labels: readonly string[]): RankedValue[] {
  const order = Array.from(values, (_, i) => i);
  const key = (i: number) => (Number.isNaN(values[i]) ? Number.NEGATIVE_INFINITY : (values[i] as number));
  order.sort((a, b) => (key(a) === key(b) ? a - b : key(b) - key(a)));
  return order.slice(0, count).map((index) => {
    const label = labels[index];
    return { index, ...(label !== undefined && { label }), value: values[index] as number };
  });
}

/** Whether a tensor is one list of values: every axis but the last is 1, and there is more than one value. */
export function isVector(shape: readonly number[]): boolean {
  return (shape.at(-1) ?? 1) > 1 && shape.slice(0, -1).every((dimension) => dimension === 1);
}

/** Smallest, largest and mean of `values`. */
export function summarize(values: Float64Array): { min: number; max: number; mean: number } {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { min, max, mean: sum / values.length };
}
