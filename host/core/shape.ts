import { ShapeError } from "./errors.js";

/** Dimensions, outermost first; activations are NHWC. A scalar is `[]`. */
export type Shape = readonly number[];

export const MAX_RANK = 6;

/** Elements of one tensor stay below this, so that no byte count leaves the 32-bit address space. */
export const MAX_ELEMENTS = 2 ** 30;

/** Number of elements. Only meaningful for shapes that passed `checkShape`. */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (let i = 0; i < shape.length; i++) count *= shape[i] as number;
  return count;
}

/** Throws unless `shape` has at most 6 positive dimensions and at most 2^30 elements. */
export function checkShape(shape: Shape, who: string): void {
  if (shape.length > MAX_RANK) {
    throw new ShapeError(`${who} has ${shape.length} dimensions; at most ${MAX_RANK} are supported`);
  }
  let count = 1;
  for (const dimension of shape) {
    if (!Number.isInteger(dimension) || dimension < 1) {
      throw new ShapeError(`${who} has shape ${formatShape(shape)}; every dimension must be a positive integer`);
    }
    count *= dimension;
    if (count > MAX_ELEMENTS) {
      throw new ShapeError(`${who} has shape ${formatShape(shape)}, more than ${MAX_ELEMENTS} elements`);
    }
  }
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** "[1,32,32,3]", the way shapes appear in every message. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

/** NumPy broadcasting: dimensions align at the end; equal or 1. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new ShapeError(`shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: ${x} against ${y}`);
    }
    out.push(Math.max(x, y));
  }
  return out;
}

/** Strides in elements of a dense tensor of this shape. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i] as number;
  }
  return strides;
}
