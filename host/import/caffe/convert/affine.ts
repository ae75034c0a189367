import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { formatShape, type Shape } from "../../../core/shape.js";
import { aligned, plain } from "../../common/layout.js";
import { shaped } from "../blob.js";
import type { Call } from "../call.js";
import type { Value } from "../value.js";

const PLAIN = { activation: "none", unsigned: false } as const;

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
