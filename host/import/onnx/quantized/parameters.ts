import { QuantizationError, ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { isNormal } from "../../../core/quantization.js";
import { formatShape, type Shape } from "../../../core/shape.js";
import type { Numbers } from "../constant.js";
import { type Quantization, requireConstant, shiftOf, type Target, type Value } from "../value.js";

/** The scale and zero point an operator names, as its inputs. */
export interface Named {
  readonly scale: Value | undefined;
  readonly zeroPoint: Value | undefined;
}

/** Scales of which one counts for a block of elements along an axis. */
export interface Blocks {
  readonly axis: number;
  readonly size: number;
  /** Shape of scales and zero points: the tensor's, its axis divided into blocks. */
  readonly shape: Shape;
}

/** What the numbers of one tensor stand for. `blocks` is there for operator set 21's blockwise scales, `axis` not then. */
export interface Parameters extends Quantization {
  readonly blocks?: Blocks;
}

/** Where a tensor has its scales, by the attributes of the operator. */
export interface Place {
  readonly shape: Shape;
  readonly axis: number;
  readonly blockSize: number;
}

/**
 * Checks and reads a scale and a zero point: constants of one shape, [] or [1] for one each, [n] for one per index of
 * an axis, the tensor's own shape with one axis divided for blocks.
 *
 * @param place where scales are, if there may be several; without it there is one, or as many as there are
 * @throws QuantizationError, ShapeError or UnsupportedOpError saying what is wrong with them
 */
export function readParameters({ scale, zeroPoint }: Named, place?: Place): Parameters {
  if (scale === undefined) throw new ShapeError("its scale is missing");
  const { shape, data, type } = requireConstant(scale, "scale");
  if (type !== "FLOAT") throw new UnsupportedOpError("tensor-type", `its scale ${scale.label} is ${type}`);
  checkScales(data, scale.label);
  const points = collapsed(zeroPoint === undefined ? [0] : Array.from(requireConstant(zeroPoint, "zero point").data));
  if (zeroPoint !== undefined && points.length !== data.length && points.length !== 1) {
    throw new ShapeError(
      `its scale ${scale.label} is ${formatShape(shape)} and its zero point ${zeroPoint.label} ${formatShape(zeroPoint.shape)}; they must have one shape`,
    );
  }
  const values = { scale: Array.from(data), zeroPoint: points };
  if (data.length === 1 && (shape.length < 2 || place === undefined)) return values;
  if (place === undefined) return { ...values, axis: 0 };
  return { ...values, ...placed(scale, shape, place) };
}

function checkScales(data: Numbers, label: string): void {
  if (data.length === 0) throw new ShapeError(`its scale ${label} is empty`);
  for (let i = 0; i < data.length; i++) {
    const scale = data[i] as number;
    if (!isNormal(scale)) {
      throw new QuantizationError(`its scale ${label} has ${scale}; scales are positive normal float32 numbers`);
    }
  }
}

/** One zero point where all are the same. */
function collapsed(points: readonly number[]): readonly number[] {
  return points.every((point) => point === points[0]) ? points.slice(0, 1) : points;
}

function placed(scale: Value, shape: Shape, { shape: of, axis, blockSize }: Place): Partial<Parameters> {
  const at = axis < 0 ? axis + of.length : axis;
  const extent = of[at];
  if (blockSize < 0 || extent === undefined) {
    throw new ShapeError(`its axis ${axis} and block_size ${blockSize} do not fit a tensor ${formatShape(of)}`);
  }
  const blocked = of.map((dimension, i) => (i === at ? Math.ceil(dimension / Math.max(1, blockSize)) : dimension));
  if (blockSize > 0) {
    if (`${shape}` === `${blocked}`) return { blocks: { axis: at, size: blockSize, shape } };
    throw new ShapeError(
      `its scale ${scale.label} is ${formatShape(shape)}; blocks of ${blockSize} along axis ${at} of ${formatShape(of)} take ${formatShape(blocked)}`,
    );
  }
  if (shape.length === 1 && shape[0] === extent) return { axis: at };
  throw new ShapeError(
    `its scale ${scale.label} is ${formatShape(shape)}; axis ${at} of ${formatShape(of)} takes [${extent}]`,
  );
}

/** One scale and one zero point, which is what int8 tensors that are computed can have. */
export function isPerTensor({ scale, axis, blocks }: Parameters): boolean {
  return scale.length === 1 && axis === undefined && blocks === undefined;
}

export function sameParameters(a: Quantization | undefined, b: Quantization | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.axis === b.axis &&
    a.scale.length === b.scale.length &&
    a.scale.every((scale, i) => scale === b.scale[i]) &&
    a.zeroPoint.length === b.zeroPoint.length &&
    a.zeroPoint.every((point, i) => point === b.zeroPoint[i])
  );
}

export function sameTarget(a: Target, b: Target): boolean {
  return a.type === b.type && sameParameters(a.quantization, b.quantization);
}

/** `scale 0.5, zero point 3`, for messages. */
export function shownParameters({ scale, zeroPoint }: Quantization): string {
  return scale.length === 1 ? `scale ${scale[0]}, zero point ${zeroPoint[0]}` : `${scale.length} scales`;
}

/** Weights that kernels take: scales per tensor or along `axis`, which counts output channels; else why not. */
export function weightObstacle(weights: Value, axis: number): string | undefined {
  const { quantization, type } = weights;
  if (quantization === undefined) return "its weights have no scale";
  if (quantization.axis === undefined) return undefined;
  if (quantization.axis !== axis) {
    return `its weights have a scale per index of axis ${quantization.axis}; output channels are axis ${axis}`;
  }
  const [point] = quantization.zeroPoint;
  if (quantization.zeroPoint.length > 1 || point !== shiftOf(type)) {
    return `its weights have a scale per channel and zero points that are not all ${shiftOf(type)}`;
  }
  return undefined;
}
