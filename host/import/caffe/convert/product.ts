import type { Attributes } from "../../../core/model.js";
import type { Shape } from "../../../core/shape.js";
import type { Layout } from "../../common/layout.js";
import type { Call } from "../call.js";
import type { ElementType } from "../graph-writer.js";
import { type Grids, stored, trimmed, trimmedNumbers, trimmedReal, typeOf } from "../ristretto.js";
import type { Grid, Value } from "../value.js";
import { type IntegerPlan, planIntegers } from "./integer-plan.js";

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
  const units = trimmedNumbers(product.weights, grids.parameters, call.writer.ties, "weights");
  const biasUnits = product.bias && trimmedNumbers(product.bias, grids.parameters, call.writer.ties, "biases");
  const request = {
    x: value.grid,
    product,
    units,
    biasUnits,
    grids,
    isRectified: call.isRectified,
    ties: call.writer.ties,
  };
  const plan = planIntegers(request);
  const { output } = grids;
  if (typeof plan === "string" || plan.writes === "sums") {
    const step = 2 ** -grids.parameters.fraction;
    const reals = (numbers: Int32Array) => new Float32Array(numbers).map((q) => q * step);
    const bias = biasUnits && reals(biasUnits);
    const sums =
      typeof plan === "string"
        ? realSums(call, value, product, reals(units), bias, plan)
        : integerSums(call, value, product, plan, bias);
    call.result(trimmedReal(call.writer, sums, output, call.name), layout, { grid: stored(output), top });
    return;
  }
  const wide = plan.grid.bits > 8;
  const data = plan.bias && (wide ? BigInt64Array.from(plan.bias, BigInt) : Int32Array.from(plan.bias));
  const bias =
    data === undefined
      ? ABSENT
      : call.writer.constant(`${call.name}/bias`, [data.length], data, { dtype: wide ? "int64" : "int32" });
  const inputs = [...operands(call, value, product, plan), bias];
  const whole: Grid = { bits: plan.grid.bits, fraction: output.fraction };
  const name = whole.bits === output.bits ? call.name : `${call.name}/sums`;
  const isRectified = plan.writes === "rectified";
  const activation = isRectified ? "relu" : "none";
  const sums = call.writer.single(op, name, inputs, { ...attributes, activation }, typeOf(whole));
  const end = trimmed(call.writer, call.writer.value(call.name, sums, layout, whole), output);
  call.result(call.writer.tensor(end, layout), layout, { grid: end.grid, top });
  (call.results[top] as Value).isRectified = isRectified;
  if (wide) call.note(name, `its activations have ${value.grid?.bits} bits; ties of its sums round up`);
}

/** Σ x·w + b in float32, on trimmed numbers. */
function realSums(
  call: Call,
  value: Value,
  product: Product,
  weights: Float32Array,
  bias: Float32Array | undefined,
  reason: string,
): number {
  const input = call.writer.tensor(call.writer.real(value), product.layout);
  call.note(`${call.name}/sums`, reason);
  return call.helper(product.op, "sums", [input, ...realParameters(call, product, weights, bias)], product.attributes);
}

/** Σ x·w as int32, then scaled to what it stands for, and b added, in float32, which has room for both. */
function integerSums(
  call: Call,
  value: Value,
  product: Product,
  plan: IntegerPlan,
  bias: Float32Array | undefined,
): number {
  const inputs = [...operands(call, value, product, plan), ABSENT];
  const sums = call.helper(product.op, "sums", inputs, product.attributes, { dtype: "int32" }, "onnx");
  const units = call.helper("cast", "units", [sums], {});
  const step = call.scalar("step", 2 ** -plan.grid.fraction * (plan.scales[0] as number));
  const plain = { activation: "none", unsigned: false };
  const scaled = call.helper("mul", "scaled", [units, step], plain);
  call.note(`${call.name}/scaled`, plan.reason);
  if (bias === undefined) return scaled;
  return call.helper("add", "biased", [scaled, call.floats("bias", [bias.length], bias)], plain);
}

/** Activations and weights as integers. */
function operands(call: Call, value: Value, product: Product, plan: IntegerPlan): number[] {
  const { weights, scales } = plan;
  const input = call.writer.tensor(value, product.layout);
  const [first] = scales as [number];
  const isOne = scales.every((scale) => scale === first);
  const quantization = isOne
    ? { scale: [first], zeroPoint: 0 }
    : { scale: scales, zeroPoint: 0, axis: product.channelAxis };
  const type: ElementType = { dtype: "int8", quantization };
  return [input, call.writer.constant(`${call.name}/weights`, product.shape, weights, type)];
}
