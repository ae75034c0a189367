import { ShapeError } from "./errors.js";
import { elementCount, formatShape, type Shape } from "./shape.js";

/** int8 and uint8 values that an int32 sums up without overflow, rounding included. */
const MAX_SUM = 2 ** 23;

/** A window sliding over an NHWC image: pairs are [height, width]; padding is [top, left, bottom, right]. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly number[];
}

/** Schemas of the window attributes, shared by convolutions and pools. */
export const strideSchema = { kind: "ints", length: 2, min: 1, max: 65535 } as const;
export const paddingSchema = { kind: "ints", length: 4, min: 0, max: 65535 } as const;

/** Output [height, width]: floor((in + before + after − ((k − 1)·dilation + 1)) / stride) + 1. */
export function windowOutput(input: Shape, window: Window, who: string): [number, number] {
  if (input.length !== 4) throw new ShapeError(`${who}: input ${formatShape(input)} must have 4 dimensions, NHWC`);
  const out = [0, 1].map((i) => {
    const extent = ((window.kernel[i] as number) - 1) * (window.dilation[i] as number) + 1;
    const before = window.padding[i] as number;
    const after = window.padding[i + 2] as number;
    if (before >= extent || after >= extent) {
      throw new ShapeError(
        `${who}: padding ${before} and ${after} reaches past a kernel of ${extent}; a window must touch the input`,
      );
    }
    const size = Math.floor(((input[i + 1] as number) + before + after - extent) / (window.stride[i] as number)) + 1;
    if (size < 1) {
      throw new ShapeError(`${who}: kernel of ${extent} does not fit into input ${formatShape(input)} and its padding`);
    }
    return size;
  });
  return out as [number, number];
}

/** What is left of `shape` when `axes` are reduced. Throws unless they are its own, ascending and distinct. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (axes.some((axis, i) => axis >= shape.length || (i > 0 && axis <= (axes[i - 1] as number)))) {
    throw new ShapeError(
      `axes [${axes}] must be ascending, distinct and below the rank of input ${formatShape(shape)}`,
    );
  }
  if (keepDims) return shape.map((dimension, i) => (axes.includes(i) ? 1 : dimension));
  return shape.filter((_, i) => !axes.includes(i));
}

/** Throws where a quantized average is of more elements than an int32 sums up. */
export function requireSummable(count: number, bits = 8): void {
  const most = MAX_SUM / 2 ** (bits - 8);
  if (count > most) throw new ShapeError(`${count} elements are summed up in int32; it holds ${most}`);
}

/** Elements that the windows of a pool read. */
export function countTaps({ filter }: { readonly filter: readonly number[] }, output: Shape): number {
  return filter.reduce((product, size) => product * size, elementCount(output));
}
