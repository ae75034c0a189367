import { ShapeError } from "../../core/errors.js";
import { elementCount, formatShape, type Shape, sameShape } from "../../core/shape.js";

/** Shape rules of TFLite's moves, shared by what converts them and by what evaluates them on constants. */

/** RESHAPE's target with its one −1 filled in. */
export function reshapedShape(input: Shape, wanted: readonly number[]): number[] {
  const known = wanted.reduce((product, dimension) => (dimension === -1 ? product : product * dimension), 1);
  const free = wanted.filter((dimension) => dimension === -1).length;
  const total = elementCount(input);
  if (free > 1 || (free === 1 && (known < 1 || total % known !== 0)) || (free === 0 && known !== total)) {
    throw new ShapeError(`${formatShape(input)} has ${total} elements and does not fit into ${formatShape(wanted)}`);
  }
  return wanted.map((dimension) => (dimension === -1 ? total / known : dimension));
}

/** SQUEEZE: the listed axes, or all axes of extent 1. */
export function squeezedShape(input: Shape, axes: readonly number[]): number[] {
  const drop = axes.map((axis) => (axis < 0 ? axis + input.length : axis));
  for (const axis of drop) {
    if (input[axis] !== 1) throw new ShapeError(`axis ${axis} of ${formatShape(input)} cannot be squeezed`);
  }
  return input.filter((dimension, i) => (axes.length === 0 ? dimension !== 1 : !drop.includes(i)));
}

/** The shape with an axis of 1 put in at `axis`, which counts from the end of the result when negative. */
export function packedShape(input: Shape, axis: number): number[] {
  const at = axis < 0 ? axis + input.length + 1 : axis;
  if (at < 0 || at > input.length) throw new ShapeError(`axis ${axis} is outside a new shape of ${input.length + 1}`);
  return [...input.slice(0, at), 1, ...input.slice(at)];
}

/** TRANSPOSE's permutation with negative axes counted from the end. */
export function transposition(input: Shape, permutation: readonly number[]): number[] {
  const axes = permutation.map((axis) => (axis < 0 ? axis + input.length : axis));
  if (axes.length !== input.length || input.some((_, i) => !axes.includes(i))) {
    throw new ShapeError(`[${permutation}] is not a permutation of the axes of ${formatShape(input)}`);
  }
  return axes;
}

/** UNPACK's pieces: as many as the axis is long, and as many as there are outputs. */
export function unpackSizes(input: Shape, axis: number, outputs: number): number[] {
  if (input[axis] !== outputs) {
    throw new ShapeError(`axis ${axis} of ${formatShape(input)} does not unpack into ${outputs} outputs`);
  }
  return new Array(outputs).fill(1);
}

/** Throws unless all shapes are equal, as PACK wants them. */
export function requireEqualShapes(shapes: readonly Shape[]): void {
  for (const shape of shapes) {
    if (!sameShape(shape, shapes[0] as Shape)) {
      throw new ShapeError(`its inputs ${formatShape(shapes[0] as Shape)} and ${formatShape(shape)} differ in shape`);
    }
  }
}
