import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import type { Attributes } from "../../../core/model.js";
import { formatShape, type Shape, sameShape } from "../../../core/shape.js";
import { aligned, isPlain, type Layout, plain } from "../../common/layout.js";
import { shaped } from "../blob.js";
import type { Call } from "../call.js";
import type { Value } from "../value.js";

const PLAIN = { activation: "none", unsigned: false } as const;

/** The layout in which values are best combined: rather channels last than the file's order, as networks compute. */
export function commonLayout(values: readonly Value[]): Layout {
  const rank = Math.max(...values.map((value) => value.rank));
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
  if (negativeSlope === 0) call.keep("relu", [input], { activation: "relu" }, layout, value.grid);
  else call.emit("leaky_relu", [input], { alpha: negativeSlope }, layout);
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

/** Constant numbers for the axes of a value from `axis` on, so that they broadcast in the value's layout. */
export function alongAxes(
  call: Call,
  role: string,
  numbers: Float32Array,
  shape: Shape,
  axis: number,
  { layout }: Value,
): number {
  const extent = (other: number) => (other < axis ? 1 : (shape[other - axis] ?? 1));
  const axes = layout.map((other) => (other === -1 ? 1 : extent(other)));
  const own = layout.filter((other) => extent(other) > 1 && other !== -1);
  if (own.some((other, i) => i > 0 && other < (own[i - 1] as number))) {
    throw new UnsupportedOpError("axes", `its ${role} ${formatShape(shape)} vary along channels and pixels both`);
  }
  return call.floats(role, axes, numbers);
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
}

const OPERATIONS = { SUM: ["add", PLAIN], PROD: ["mul", PLAIN], MAX: ["maximum", {}] } as const;

/** A second blob that lines up with the first from an axis on, trained or computed. */
function operand(call: Call, role: string, value: Value, axis: number, numAxes: number): number {
  if (call.bottomCount === 2) {
    const other = call.real(1);
    if (axis + other.rank > value.rank || other.shape.some((extent, i) => extent !== value.shape[axis + i])) {
      throw new ShapeError(
        `its ${role} ${formatShape(other.shape)} do not fit ${formatShape(value.shape)} from axis ${axis} on`,
      );
    }
    const trailing = value.rank - axis - other.rank;
    const wide = trailing === 0 ? other : withOnes(call, other, trailing);
    return call.writer.tensor(wide, aligned(value.layout, wide.rank));
  }
  const end = numAxes === -1 ? value.rank : axis + numAxes;
  if (numAxes < -1 || end > value.rank) throw new ShapeError(`its num_axes is ${numAxes}, at axis ${axis}`);
  const shape = value.shape.slice(axis, end);
  return alongAxes(call, role, shaped(call.blob(0, role), shape, role), shape, axis, value);
}

function withOnes(call: Call, value: Value, count: number): Value {
  const rank = value.rank + count;
  const tensor = call.writer.tensor(value, plain(value.rank));
  const shape = [...value.shape, ...new Array<number>(count).fill(1)];
  return call.writer.value(value.name, call.helper("reshape", "aligned", [tensor], { shape }), plain(rank));
}

/** x · factor, then + bias if it has one: what follows a BatchNorm. */
export function scale(call: Call): void {
  const { axis = 1, numAxes = 1, biasTerm = false } = call.parameters("scaleParam");
  call.expect(call.bottomCount === 2 ? 2 : 1);
  const value = call.real(0);
  const at = call.axis(axis, Math.max(1, value.rank));
  const input = call.writer.tensor(value, value.layout);
  const inputs = [input, operand(call, "factors", value, at, numAxes)];
  if (!biasTerm) {
    call.emit("mul", inputs, PLAIN, value.layout);
    return;
  }
  const blob = call.blob(call.bottomCount === 2 ? 0 : 1, "bias");
  const own =
    call.bottomCount === 2 ? call.value(1).shape : value.shape.slice(at, numAxes === -1 ? undefined : at + numAxes);
  const bias = alongAxes(call, "bias", shaped(blob, own, "bias"), own, at, value);
  call.emit("add", [call.helper("mul", "product", inputs, PLAIN), bias], PLAIN, value.layout);
}

/** x + bias. */
export function bias(call: Call): void {
  const { axis = 1, numAxes = 1 } = call.parameters("biasParam");
  call.expect(call.bottomCount === 2 ? 2 : 1);
  const value = call.real(0);
  const at = call.axis(axis, Math.max(1, value.rank));
  const addend = operand(call, "bias", value, at, numAxes);
  call.emit("add", [call.writer.tensor(value, value.layout), addend], PLAIN, value.layout);
}

/** A factor and an addend per channel, which passes fold into a convolution: (x − mean) / √(variance + eps). */
export function batchNorm(call: Call): void {
  const { useGlobalStats = true, eps = 1e-5 } = call.parameters("batchNormParam");
  call.expect(1);
  if (!useGlobalStats)
    throw new UnsupportedOpError("statistics", "it takes statistics of the batch, use_global_stats: false");
  const value = call.real(0);
  const channels = value.rank === 1 ? 1 : value.shape[1];
  if (channels === undefined) throw new ShapeError(`its bottom ${formatShape(value.shape)} has no channels`);
  if (call.blobCount !== 3) {
    throw new ShapeError(`the .caffemodel has ${call.blobCount} blobs for it; mean, variance and their factor are 3`);
  }
  const [mean, variance] = ["mean", "variance"].map((role, i) => shaped(call.blob(i, role), [channels], role)) as [
    Float32Array,
    Float32Array,
  ];
  const total = shaped(call.blob(2, "factor"), [1], "factor")[0] as number;
  const unit = total === 0 ? 0 : 1 / total;
  const exact = Float64Array.from(variance, (v) => 1 / Math.sqrt(v * unit + eps));
  const factor = Float32Array.from(exact);
  const addend = Float32Array.from(exact, (f, c) => -(mean[c] as number) * unit * f);
  const input = call.writer.tensor(value, value.layout);
  const axes = value.rank === 1 ? [] : [channels];
  const product = call.helper("mul", "scaled", [input, alongAxes(call, "factor", factor, axes, 1, value)], PLAIN);
  call.emit("add", [product, alongAxes(call, "addend", addend, axes, 1, value)], PLAIN, value.layout);
}
