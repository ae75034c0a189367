import type { Attributes } from "../../../core/model.js";
import { elementCount, type Shape } from "../../../core/shape.js";
import type { Layout } from "../../common/layout.js";
import type { Call } from "../call.js";
import type { ElementType } from "../graph-writer.js";
import { type Grids, stored, trimmed, trimmedNumbers, trimmedReal, typeOf } from "../ristretto.js";
import type { Grid, Value } from "../value.js";

/** A convolution, deconvolution or matrix product, with its weights in the graph's order of axes. */
export interface Product {
  readonly op: "conv2d" | "depthwise_conv2d" | "fully_connected" | "transpose_conv";
  readonly attributes: Attributes;
  readonly weights: Float32Array;
  readonly shape: Shape;
  /** Axis of the weights that is the output channel. */
  readonly channelAxis: number;
  readonly bias: Float32Array | undefined;
  readonly layout: Layout;
}

/** Place of an optional input that is not there. */
const ABSENT = -1;

/** A product that writes the results of all its bottoms, which have the same weights; in float32 or fixed point. */
export function emitProducts(call: Call, inputs: readonly Value[], product: Product, grids: Grids | undefined): void {
  if (grids === undefined) {
    const parameters = realParameters(call, product, product.weights, product.bias);
    inputs.forEach((value, top) => {
      const input = call.writer.tensor(call.writer.real(value), product.layout);
      call.emit(product.op, [input, ...parameters], product.attributes, product.layout, { top });
    });
    return;
  }
  inputs.forEach((value, top) => {
    emitFixed(call, value, product, grids, top);
  });
}

function realParameters(call: Call, product: Product, weights: Float32Array, bias: Float32Array | undefined): number[] {
  const { shape } = product;
  return [
    call.floats("weights", shape, weights),
    bias === undefined ? ABSENT : call.floats("bias", [bias.length], bias),
  ];
}

/**
 * A fixed-point product in integers, or, where integers cannot do it exactly, in float32 on trimmed numbers, as Ristretto
 * itself computes. Either way the result is trimmed.
 */
function emitFixed(call: Call, value: Value, product: Product, grids: Grids, top: number): void {
  const { op, attributes, layout } = product;
  const units = trimmedNumbers(product.weights, grids.parameters, "weights");
  const biasUnits = product.bias && trimmedNumbers(product.bias, grids.parameters, "biases");
  const plan = planIntegers(value, product, units, biasUnits, grids, call.isRectified);
  if (typeof plan === "string") {
    const step = 2 ** -grids.parameters.fraction;
    const reals = (numbers: Float64Array) => Float32Array.from(numbers, (q) => q * step);
    const parameters = realParameters(call, product, reals(units), biasUnits && reals(biasUnits));
    const input = call.writer.tensor(call.writer.real(value), layout);
    const sums = call.helper(op, "sums", [input, ...parameters], attributes);
    const end = trimmedReal(call.writer, sums, grids.output, call.name);
    call.result(end, layout, { grid: stored(grids.output), top });
    call.note(`${call.name}/sums`, plan);
    return;
  }
  const { grid, weights, scales, bias } = plan;
  const wide = grid.bits > 8;
  const input = call.writer.tensor(wide ? widened(call, value, grid) : value, layout);
  const type: ElementType = {
    dtype: "int8",
    quantization:
      new Set(scales).size === 1
        ? { scale: [scales[0] as number], zeroPoint: 0 }
        : { scale: scales, zeroPoint: 0, axis: product.channelAxis },
  };
  const inputs = [input, call.writer.constant(`${call.name}/weights`, product.shape, weights, type)];
  const data = bias && (wide ? BigInt64Array.from(bias, BigInt) : Int32Array.from(bias));
  inputs.push(
    data === undefined
      ? ABSENT
      : call.writer.constant(`${call.name}/bias`, [data.length], data, { dtype: wide ? "int64" : "int32" }),
  );
  const { output } = grids;
  const whole: Grid = { bits: wide ? 16 : 8, fraction: output.fraction };
  const name = whole.bits === output.bits ? call.name : `${call.name}/sums`;
  const sums = call.writer.single(
    op,
    name,
    inputs,
    plan.isRectified ? { ...attributes, activation: "relu" } : attributes,
    typeOf(whole),
  );
  const result = call.writer.value(call.name, sums, layout, whole);
  const end = trimmed(call.writer, result, output);
  call.result(call.writer.tensor(end, layout), layout, { grid: end.grid, top });
  (call.results[top] as Value).isRectified = plan.isRectified;
  if (wide) call.note(name, "its activations have more than 8 bits; ties of its sums round up, Ristretto's to even");
}

/** int8 numbers as int16 ones of the same scale. */
function widened(call: Call, value: Value, grid: Grid): Value {
  if (value.grid === undefined || value.grid.bits > 8) return value;
  const { layout } = value;
  const type = typeOf({ bits: 16, fraction: grid.fraction });
  const tensor = call.helper(
    "requantize",
    "wide",
    [call.writer.tensor(value, layout)],
    { arithmetic: "profile" },
    type,
  );
  return call.writer.value(value.name, tensor, layout, { bits: 16, fraction: grid.fraction });
}

interface IntegerPlan {
  /** Of the activations as they are read: 8 bits, or 16 where anything has more. */
  readonly grid: Grid;
  readonly weights: Int8Array;
  readonly scales: number[];
  readonly bias: Float64Array | undefined;
  /** Whether it is right only up to the ReLU that follows, and so has to contain it. */
  readonly isRectified: boolean;
}

/**
 * acc = Σ x·w + b in integers, and y = acc · 2^−n. With fl_in below 0, b may be no integer. Weights have a scale per channel,
 * so those of such a channel are shifted left if there is room for it. If not, and a ReLU follows: with b = ⌊b⌋ + f,
 * 0 < f < 1, and an integer m = Σ x·w + ⌊b⌋, (m + f) · 2^−n is never a tie, and rounds as m · 2^−n does when ties go up. A
 * scale that is the next float32 above 2^−n takes positive ties up, and no m below 2^22 past another one; larger ones
 * saturate while n is at most 14. Negative ones end at 0 anyway. A string says why there is no plan.
 */
function planIntegers(
  value: Value,
  { op, shape, channelAxis }: Product,
  units: Float64Array,
  biasUnits: Float64Array | undefined,
  { parameters, output }: Grids,
  isRectified: boolean,
): IntegerPlan | string {
  const x = value.grid;
  if (x === undefined) return "its input has more than 16 bits";
  if (output.bits > 16) return `its output has ${output.bits} bits`;
  const wide = x.bits > 8 || output.bits > 8;
  if (wide && op === "transpose_conv") return `its activations have ${Math.max(x.bits, output.bits)} bits`;
  const channels = shape[channelAxis] as number;
  const inner = elementCount(shape.slice(channelAxis + 1));
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  const largest = new Float64Array(channels);
  const totals = new Float64Array(channels);
  units.forEach((w, i) => {
    const c = channelOf(i);
    largest[c] = Math.max(largest[c] as number, w < 0 ? -w - 1 : w);
    totals[c] = (totals[c] as number) + Math.abs(w);
  });
  if (largest.some((most) => most > 127)) return `its weights have ${parameters.bits} bits`;
  const shifts = new Uint8Array(channels);
  const scales: number[] = [];
  const bias = biasUnits && new Float64Array(channels);
  let hasNudge = false;
  for (let c = 0; c < channels; c++) {
    let exact = (biasUnits?.[c] ?? 0) * 2 ** x.fraction;
    let shift = 0;
    while (!Number.isInteger(exact) && (largest[c] as number) * 2 ** (shift + 1) <= 127) {
      exact *= 2;
      shift++;
    }
    // All-zero weights have room for any shift; what float32 cannot scale is no real bias.
    if (shift > 64) return `the bias of channel ${c} is too small`;
    if (!Number.isInteger(exact)) shift = 0;
    const isWhole = Number.isInteger(exact);
    const addend = isWhole ? exact : Math.floor((biasUnits?.[c] as number) * 2 ** x.fraction);
    const n = x.fraction + parameters.fraction + shift - output.fraction;
    if (!isWhole && !(isRectified && !wide && n >= 1 && n <= 14)) {
      return `the bias of channel ${c} lies between two units of its sums, 2^−(${x.fraction + parameters.fraction})`;
    }
    const most = (totals[c] as number) * 2 ** (shift + x.bits - 1) + Math.abs(addend);
    if (most >= 2 ** 31 && !wide) return `the sums of channel ${c} may pass 2^31`;
    // From 2^24 on sums are rounded to float32 before they are scaled; that shows unless the result saturates anyway.
    if (most >= 2 ** 24 && n > 16 && !wide) return `the sums of channel ${c} may pass 2^24, at ${n} bits too many`;
    if (Math.abs(addend) > 2 ** 46) return `the bias of channel ${c} passes 2^46`;
    hasNudge ||= !isWhole;
    shifts[c] = shift;
    scales.push(2 ** -(parameters.fraction + shift) * (isWhole ? 1 : 1 + 2 ** -23));
    if (bias !== undefined) bias[c] = addend;
  }
  return {
    grid: { bits: wide ? 16 : 8, fraction: x.fraction },
    weights: Int8Array.from(units, (w, i) => w * 2 ** (shifts[channelOf(i)] as number)),
    scales,
    bias,
    isRectified: hasNudge,
  };
}
