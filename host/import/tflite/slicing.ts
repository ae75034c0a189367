import { ShapeError } from "../../core/errors.js";
import { formatShape, type Shape } from "../../core/shape.js";
import type { Options } from "./call.js";

/** Which elements a slice takes, per input axis, and the shape of the result. */
export interface Box {
  readonly begin: readonly number[];
  readonly size: readonly number[];
  readonly stride: readonly number[];
  /** `size` after axes were added and dropped. */
  readonly shape: Shape;
}

/** SLICE: a size of −1 reaches to the end. */
export function sliceBox(input: Shape, begin: readonly number[], size: readonly number[]): Box {
  if (begin.length !== input.length || size.length !== input.length) {
    throw new ShapeError(`begin [${begin}] and size [${size}] do not fit input ${formatShape(input)}`);
  }
  const sizes = size.map((extent, i) => (extent === -1 ? (input[i] as number) - (begin[i] as number) : extent));
  sizes.forEach((extent, i) => {
    const first = begin[i] as number;
    if (first < 0 || extent < 0 || first + extent > (input[i] as number)) {
      throw new ShapeError(`begin [${begin}] and size [${size}] leave input ${formatShape(input)}`);
    }
  });
  return { begin, size: sizes, stride: input.map(() => 1), shape: sizes };
}

/** What STRIDED_SLICE needs: three constant vectors and its options. */
export interface StridedSliceSpec {
  shape(i: number): Shape;
  integers(i: number, role: string): number[];
  readonly options: Options;
}

/**
 * STRIDED_SLICE, as NumPy does x[begin:end:stride] with these bit masks, bit i for entry i of the vectors: begin and
 * end masks ignore the bound, the ellipsis stands for all axes not named, a new axis adds a 1, a shrunk axis takes one
 * element and goes away.
 */
export function stridedBox(call: StridedSliceSpec): Box {
  const input = call.shape(0);
  const [begin, end, stride] = [1, 2, 3].map((i) => call.integers(i, ["", "begin", "end", "strides"][i] as string));
  const entries = begin?.length ?? 0;
  if (begin === undefined || end?.length !== entries || stride?.length !== entries || entries > 16) {
    throw new ShapeError("its begin, end and strides differ in length");
  }
  const mask = (field: number) => (i: number) => ((call.options.int32(field) >> i) & 1) === 1;
  const [ignoresBegin, ignoresEnd, isEllipsis, isNew, isShrunk] = [0, 1, 2, 3, 4].map(mask) as [
    Mask,
    Mask,
    Mask,
    Mask,
    Mask,
  ];
  const endIsSize = call.options.bool(5);
  let named = 0;
  for (let i = 0; i < entries; i++) if (!isEllipsis(i) && !isNew(i)) named++;

  const box = { begin: [] as number[], size: [] as number[], stride: [] as number[], shape: [] as number[] };
  const takeAll = (count: number) => {
    for (let k = 0; k < count; k++) take(box, 0, input[box.size.length] as number, 1, false);
  };
  for (let i = 0; i < entries; i++) {
    if (isEllipsis(i)) {
      takeAll(input.length - named);
    } else if (isNew(i)) {
      box.shape.push(1);
    } else {
      const dimension = input[box.size.length];
      if (dimension === undefined) throw new ShapeError(`it names more axes than input ${formatShape(input)} has`);
      const step = stride[i] as number;
      if (step === 0) throw new ShapeError(`the stride of its axis ${box.size.length} is 0`);
      const first = begin[i] as number;
      const bound = endIsSize ? first + (end[i] as number) : (end[i] as number);
      if (isShrunk(i)) {
        take(box, existingIndex(first, dimension), 1, 1, true);
        continue;
      }
      // Going backwards, everything from the last element to the one before the first.
      const [start, stop] = step > 0 ? [0, dimension] : [dimension - 1, -1];
      const low = ignoresBegin(i) ? start : clampIndex(first, dimension, step);
      const high = ignoresEnd(i) ? stop : clampIndex(bound, dimension, step);
      take(box, low, Math.ceil((high - low) / step), step, false);
    }
  }
  takeAll(input.length - box.size.length);
  return box;
}

type Mask = (i: number) => boolean;

function take(
  box: { begin: number[]; size: number[]; stride: number[]; shape: number[] },
  begin: number,
  size: number,
  stride: number,
  shrinks: boolean,
): void {
  if (size < 1) throw new ShapeError(`it takes nothing from axis ${box.size.length}`);
  box.begin.push(begin);
  box.size.push(size);
  box.stride.push(stride);
  if (!shrinks) box.shape.push(size);
}

/** A bound counted from the end when negative, cut to the tensor; going backwards, one before it is the end. */
function clampIndex(index: number, dimension: number, step: number): number {
  const positive = index < 0 ? index + dimension : index;
  const [lowest, highest] = step > 0 ? [0, dimension] : [-1, dimension - 1];
  return Math.min(Math.max(positive, lowest), highest);
}

/** A single element, counted from the end when negative. */
function existingIndex(index: number, dimension: number): number {
  const positive = index < 0 ? index + dimension : index;
  if (positive < 0 || positive >= dimension) {
    throw new ShapeError(`it takes element ${index} of an axis of ${dimension}`);
  }
  return positive;
}
