import { ShapeError } from "../../../core/errors.js";
import type { Attributes } from "../../../core/model.js";
import { formatShape, sameShape } from "../../../core/shape.js";
import { isPlain, type Layout, plain } from "../../common/layout.js";
import { shaped } from "../blob.js";
import type { Call } from "../call.js";
import type { Value } from "../value.js";
import { alongAxes } from "./affine.js";

const PLAIN = { activation: "none", unsigned: false } as const;

/** The layout in which values are best combined: rather channels last than the file's order, as networks compute. */
export function commonLayout(values: readonly Value[]): Layout {
  const rank = values.reduce((most, value) => Math.max(most, value.rank), 0);
  const layouts = values
    .filter((value) => value.rank === rank)
    .flatMap(({ forms }) => forms.map((form) => form.layout));
  return layouts.find((layout) => !isPlain(layout)) ?? layouts[0] ?? plain(rank);
}

/** One bottom, one top, every element by itself, in float32. */
export function unary(op: string, attributes: (call: Call) => Attributes): (call: Call) => void {
  return (call) => {
    call.expect(1);
    const value = call.real(0);
    call.emit(op, [call.writer.tensor(value, value.layout)], attributes(call), value.layout);
  };
}

/** max(x, 0), which keeps to the numbers there are, or x and slope · x. */
export function relu(call: Call): void {
  const { negativeSlope = 0 } = call.parameters("reluParam");
  call.expect(1);
  if (call.value(0).isRectified) {
    call.alias(call.value(0));
    return;
  }
  const value = negativeSlope === 0 ? call.value(0) : call.real(0);
  const { layout } = value;
  const input = call.writer.tensor(value, layout);
  if (negativeSlope !== 0) {
    const attributes = { alpha: negativeSlope };
    call.emit("leaky_relu", [input], attributes, layout);
    if (call.areBytes) call.fromIntegers("leaky_relu", [call.writer.tensor(call.value(0), layout)], attributes, layout);
    return;
  }
  call.keep("relu", [input], { activation: "relu" }, layout, value.grid);
  // Rounding and clamping at 0 may change places.
  const { origin } = call.value(0);
  if (origin !== undefined) (call.results[0] as Value).origin = { ...origin, activation: "relu" };
}

export function relu6(call: Call): void {
  call.expect(1);
  const value = call.real(0);
  call.emit("relu", [call.writer.tensor(value, value.layout)], { activation: "relu6" }, value.layout);
}

/** A slope per channel, or one for all. */
export function prelu(call: Call): void {
  const { channelShared = false } = call.parameters("preluParam");
  call.expect(1);
  const value = call.real(0);
  const channels = value.shape[1];
  if (channels === undefined) throw new ShapeError(`its bottom ${formatShape(value.shape)} has no channels`);
  const blob = call.blob(0, "slopes");
  // A slope for all has no axis in Caffe, and four of extent 1 in old files.
  const slopes = channelShared && blob.data.length === 1 ? blob.data : shaped(blob, [channels], "slopes");
  const slope = alongAxes(call, "slopes", slopes, slopes.length === 1 ? [] : [channels], 1, value);
  call.emit("prelu", [call.writer.tensor(value, value.layout), slope], {}, value.layout);
}

/** base ^ (shift + scale · x), where base −1 is e: exp of one affine function. */
export function exp(call: Call): void {
  const { base = -1, scale = 1, shift = 0 } = call.parameters("expParam");
  const factor = base === -1 ? 1 : logarithm(base);
  const value = affine(call, call.real(0), Math.fround(scale * factor), Math.fround(shift * factor));
  call.expect(1);
  call.emit("unary", [call.writer.tensor(value, value.layout)], { function: "exp" }, value.layout);
}

/** The logarithm of shift + scale · x to a base, where base −1 is e. */
export function log(call: Call): void {
  const { base = -1, scale = 1, shift = 0 } = call.parameters("logParam");
  call.expect(1);
  const inner = affine(call, call.real(0), scale, shift);
  const { layout } = inner;
  const input = call.writer.tensor(inner, layout);
  if (base === -1) {
    call.emit("unary", [input], { function: "log" }, layout);
    return;
  }
  const result = call.helper("unary", "log", [input], { function: "log" });
  call.emit("mul", [result, call.scalar("unit", 1 / logarithm(base))], PLAIN, layout);
}

function logarithm(base: number): number {
  if (base > 0 && base !== 1 && Number.isFinite(base)) return Math.log(base);
  throw new ShapeError(`its base is ${base}; it must be above 0 and not 1, or −1 for e`);
}

/** (shift + scale · x) ^ power. */
export function power(call: Call): void {
  const { power: exponent = 1, scale = 1, shift = 0 } = call.parameters("powerParam");
  call.expect(1);
  if (exponent === 1) {
    const { layout } = call.real(0);
    const scaled = affine(call, call.real(0), scale, 0);
    call.emit("add", [call.writer.tensor(scaled, layout), call.scalar("shift", shift)], PLAIN, layout);
    return;
  }
  const value = affine(call, call.real(0), scale, shift);
  const input = call.writer.tensor(value, value.layout);
  const fn = FUNCTIONS.get(exponent);
  if (fn !== undefined) call.emit("unary", [input], { function: fn }, value.layout);
  else call.emit("pow", [input, call.scalar("power", exponent)], {}, value.layout);
}

/** Powers that have an instruction. */
const FUNCTIONS = new Map([
  [2, "square"],
  [0.5, "sqrt"],
  [-1, "reciprocal"],
]);

function affine(call: Call, value: Value, scale: number, shift: number): Value {
  const { layout } = value;
  let tensor = call.writer.tensor(value, layout);
  if (scale !== 1) tensor = call.helper("mul", "scaled", [tensor, call.scalar("scale", scale)], PLAIN);
  if (shift !== 0) tensor = call.helper("add", "shifted", [tensor, call.scalar("shift", shift)], PLAIN);
  return call.writer.value(value.name, tensor, layout);
}

/** Sums, with a coefficient for each bottom if wanted, products and maxima. */
export function eltwise(call: Call): void {
  const { operation = "SUM", coeff } = call.parameters("eltwiseParam");
  const count = call.bottomCount;
  call.expect(Math.max(2, count));
  if (coeff.length > 0 && (operation !== "SUM" || coeff.length !== count)) {
    throw new ShapeError(`it has ${coeff.length} coefficients for ${count} bottoms; only a SUM takes them, one each`);
  }
  const values = call.values.map((_, i) => call.real(i));
  const { shape } = values[0] as Value;
  const other = values.find((value) => !sameShape(value.shape, shape));
  if (other !== undefined) {
    throw new ShapeError(`its bottoms are ${formatShape(shape)} and ${formatShape(other.shape)}; they must be equal`);
  }
  const [op, attributes] = OPERATIONS[operation];
  const layout = commonLayout(values);
  const terms = values.map((value, i) => {
    const tensor = call.writer.tensor(value, layout);
    const factor = coeff[i] ?? 1;
    return factor === 1 ? tensor : call.helper("mul", `term${i}`, [tensor, call.scalar(`coeff${i}`, factor)], PLAIN);
  });
  const last = terms.pop() as number;
  const rest = terms.reduce((left, right, i) => call.helper(op, `${i}`, [left, right], attributes));
  call.emit(op, [rest, last], attributes, layout);
  if (count !== 2 || coeff.some((factor) => factor !== 1) || operation === "MAX" || !call.areBytes) return;
  call.fromIntegers(
    op,
    call.values.map((value) => call.writer.tensor(value, layout)),
    attributes,
    layout,
  );
}

const OPERATIONS = { SUM: ["add", PLAIN], PROD: ["mul", PLAIN], MAX: ["maximum", {}] } as const;
