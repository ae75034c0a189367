import { ShapeError, UnsupportedOpError } from "../../core/errors.js";
import { elementCount, formatShape, type Shape } from "../../core/shape.js";

/** Shape rules of ONNX's moves, shared by what converts them and by what evaluates them on constants. */

function fromEnd(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw new ShapeError(`axis ${axis} is outside a tensor of rank ${rank}`);
  }
  return positive;
}

/** Reshape: 0 copies the input's dimension unless `allowZero`, one −1 is what remains. */
export function reshapedShape(input: Shape, wanted: readonly number[], allowZero: boolean): number[] {
  const copied = wanted.map((dimension, i) => (dimension === 0 && !allowZero ? (input[i] ?? 0) : dimension));
  const known = copied.reduce((product, dimension) => (dimension === -1 ? product : product * dimension), 1);
  const free = copied.filter((dimension) => dimension === -1).length;
  const total = elementCount(input);
  const fits = free === 1 ? known > 0 && total % known === 0 : free === 0 && known === total;
  if (!fits || copied.some((dimension) => dimension < -1)) {
    throw new ShapeError(`${formatShape(input)} has ${total} elements and does not fit into ${formatShape(wanted)}`);
  }
  return copied.map((dimension) => (dimension === -1 ? total / known : dimension));
}

/** Flatten: the axes before `axis`, and the rest. */
export function flattenedShape(input: Shape, axis: number): number[] {
  const at = axis === input.length ? axis : fromEnd(axis, input.length);
  return [elementCount(input.slice(0, at)), elementCount(input.slice(at))];
}

/** Squeeze: the listed axes, or all axes of extent 1. */
export function squeezedShape(input: Shape, axes: readonly number[] | undefined): number[] {
  const drop = axes?.map((axis) => fromEnd(axis, input.length));
  for (const axis of drop ?? []) {
    if (input[axis] !== 1) throw new ShapeError(`axis ${axis} of ${formatShape(input)} cannot be squeezed`);
  }
  return input.filter((dimension, i) => (drop === undefined ? dimension !== 1 : !drop.includes(i)));
}

/** Unsqueeze: axes of 1 at the listed places of the result. */
export function unsqueezedShape(input: Shape, axes: readonly number[]): number[] {
  const rank = input.length + axes.length;
  const added = new Set(axes.map((axis) => fromEnd(axis, rank)));
  if (added.size !== axes.length) throw new ShapeError(`its axes [${axes}] name one twice`);
  let next = 0;
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (input[next++] as number)));
}

/** Transpose: the default reverses all axes. */
export function permutationOf(rank: number, given: readonly number[] | undefined): number[] {
  const permutation = given?.map((axis) => fromEnd(axis, rank)) ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (permutation.length !== rank || new Set(permutation).size !== rank) {
    throw new ShapeError(`[${given}] is not a permutation of ${rank} axes`);
  }
  return permutation;
}

/** Split: given sizes, or as many equal parts as wanted, the last one smaller. */
export function splitSizes(extent: number, given: readonly number[] | undefined, parts: number): number[] {
  if (given === undefined) {
    const size = Math.ceil(extent / parts);
    const sizes = Array.from({ length: parts }, (_, i) => Math.min(size, extent - i * size));
    if (!sizes.every((part) => part > 0)) throw new ShapeError(`${extent} does not split into ${parts} parts`);
    return sizes;
  }
  if (given.reduce((sum, size) => sum + size, 0) !== extent || given.some((size) => size < 0)) {
    throw new ShapeError(`sizes [${given}] do not add up to ${extent}`);
  }
  return [...given];
}

/** Which elements a slice takes, per axis; steps may be negative. */
export interface Box {
  readonly begin: number[];
  readonly size: number[];
  readonly step: number[];
}

/** Slice: x[start:end:step] per listed axis, bounds cut to the tensor as NumPy does. */
export function sliceBox(
  input: Shape,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[] | undefined,
  steps: readonly number[] | undefined,
): Box {
  const box = { begin: input.map(() => 0), size: [...input], step: input.map(() => 1) };
  const count = starts.length;
  if (ends.length !== count || (axes && axes.length !== count) || (steps && steps.length !== count)) {
    throw new ShapeError("its starts, ends, axes and steps differ in length");
  }
  for (let i = 0; i < count; i++) {
    const axis = fromEnd(axes?.[i] ?? i, input.length);
    const extent = input[axis] as number;
    const step = steps?.[i] ?? 1;
    if (step === 0) throw new ShapeError("one of its steps is 0");
    const bound = (value: number, low: number, high: number) =>
      Math.min(Math.max(value < 0 ? value + extent : value, low), high);
    const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1];
    const begin = bound(starts[i] as number, step > 0 ? 0 : 0, high);
    const end = bound(ends[i] as number, low, high);
    box.begin[axis] = begin;
    box.size[axis] = Math.max(0, Math.ceil((end - begin) / step));
    box.step[axis] = step;
  }
  return box;
}

/** One axis of a concatenation must differ at most. */
export function concatenatedShape(shapes: readonly Shape[], axis: number): number[] {
  const first = shapes[0] as Shape;
  for (const shape of shapes) {
    if (shape.length !== first.length || shape.some((dimension, i) => i !== axis && dimension !== first[i])) {
      throw new ShapeError(`${formatShape(first)} and ${formatShape(shape)} cannot be joined along axis ${axis}`);
    }
  }
  const extent = shapes.reduce((sum, shape) => sum + (shape[axis] as number), 0);
  return first.map((dimension, i) => (i === axis ? extent : dimension));
}

/** Throws where a result would have no elements, which no tensor of the graph can be. */
export function requireElements(shape: Shape): void {
  if (elementCount(shape) === 0) throw new UnsupportedOpError("empty", `its result ${formatShape(shape)} is empty`);
}
