import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import type { Shape } from "../../../core/shape.js";
import { type Layout, pictures } from "../../common/layout.js";
import type { Call } from "../call.js";

/** A window over pictures: pairs are [height, width], padding [top, left, bottom, right]. */
export interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  /** Rows and columns after the padding that windows may reach into because of `ceil_mode`. */
  readonly overhang: readonly [number, number];
}

/** An attribute with a value per spatial axis, as [height, width]: a signal has height 1. Absent values are 1. */
export function pair(values: readonly number[] | undefined, spatial: number, role: string): [number, number] {
  if (values === undefined) return [1, 1];
  if (values.length !== spatial || values.some((value) => value < 1)) {
    throw new ShapeError(`its ${role} [${values}] need ${spatial} positive values`);
  }
  return spatial === 1 ? [1, values[0] as number] : [values[0] as number, values[1] as number];
}

/**
 * The window of a convolution or pool whose kernel is known. `auto_pad` SAME keeps ⌈in / stride⌉ positions; the odd
 * row or column goes to the end (SAME_UPPER) or the front (SAME_LOWER).
 */
export function windowOf(call: Call, input: Shape, kernel: readonly [number, number]): Window {
  const spatial = input.length - 2;
  const stride = pair(call.attributes.ints("strides"), spatial, "strides");
  const dilation = pair(call.attributes.ints("dilations"), spatial, "dilations");
  const mode = call.attributes.text("auto_pad", "NOTSET");
  const given = call.attributes.ints("pads") ?? new Array<number>(2 * spatial).fill(0);
  if (given.length !== 2 * spatial || given.some((pad) => pad < 0)) {
    throw new ShapeError(`its pads [${given}] need ${2 * spatial} values of 0 or more`);
  }
  const extents = spatial === 1 ? [1, input[2] as number] : [input[2] as number, input[3] as number];
  const sides = [0, 1].map((i) => {
    const axis = i - (2 - spatial);
    const explicit: readonly [number, number] =
      axis < 0 ? [0, 0] : [given[axis] as number, given[axis + spatial] as number];
    const reach = ((kernel[i] as number) - 1) * (dilation[i] as number) + 1;
    return sidesOf(mode, explicit, extents[i] as number, stride[i] as number, reach);
  }) as [readonly [number, number], readonly [number, number]];
  const overhang = [0, 1].map((i) => {
    const reach = ((kernel[i] as number) - 1) * (dilation[i] as number) + 1;
    return call.attributes.int("ceil_mode", 0) === 1 && mode === "NOTSET"
      ? overhangOf(extents[i] as number, sides[i] as [number, number], stride[i] as number, reach)
      : 0;
  }) as [number, number];
  const [rows, columns] = sides;
  return { kernel, stride, dilation, padding: [rows[0], columns[0], rows[1], columns[1]], overhang };
}

function sidesOf(
  mode: string,
  explicit: readonly [number, number],
  extent: number,
  stride: number,
  reach: number,
): readonly [number, number] {
  switch (mode) {
    case "NOTSET":
      return explicit;
    case "VALID":
      return [0, 0];
    case "SAME_UPPER":
    case "SAME_LOWER": {
      const total = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + reach - extent);
      const small = total >> 1;
      return mode === "SAME_UPPER" ? [small, total - small] : [total - small, small];
    }
    default:
      throw new UnsupportedOpError("auto_pad", `its auto_pad ${mode} is unknown`);
  }
}

/** How far the last window reaches past the padding when the count of windows is rounded up; none starts there. */
function overhangOf(extent: number, [before, after]: readonly [number, number], stride: number, reach: number): number {
  const room = extent + before + after - reach;
  const steps = Math.ceil(room / stride);
  const count = steps * stride >= extent + before ? steps - 1 : steps;
  return Math.max(0, count * stride - room);
}

/** MaxPool, whose padded taps never win. */
export function maxPool(call: Call): void {
  if (call.outputs[1] === true) throw new UnsupportedOpError("indices", "its second output, the indices, is read");
  const window = poolWindow(call);
  const [top, left, bottom, right] = window.padding;
  const [down, across] = window.overhang;
  emitPool(call, "max_pool2d", call.tensor(0, call.pictures(0)), window, [top, left, bottom + down, right + across]);
}

/**
 * AveragePool. Ours never counts padding; where ONNX does, the zeros are written out first. What `ceil_mode` adds beyond
 * the padding counts in neither.
 */
export function averagePool(call: Call): void {
  const window = poolWindow(call);
  const [top, left, bottom, right] = window.padding;
  const [down, across] = window.overhang;
  const layout = call.pictures(0);
  const input = call.tensor(0, layout);
  if (call.attributes.int("count_include_pad", 0) === 0 || window.padding.every((pad) => pad === 0)) {
    emitPool(call, "average_pool2d", input, window, [top, left, bottom + down, right + across]);
    return;
  }
  const padded = call.helper("pad", "pad", [input], { padding: [0, 0, top, bottom, left, right, 0, 0] });
  emitPool(call, "average_pool2d", padded, window, [0, 0, down, across]);
}

function poolWindow(call: Call): Window {
  const shape = call.shape(0);
  const sizes = call.attributes.ints("kernel_shape");
  if (sizes === undefined) throw new ShapeError("it has no kernel_shape");
  call.pictures(0);
  const window = windowOf(call, shape, pair(sizes, shape.length - 2, "kernel_shape"));
  if (window.dilation.some((step, i) => step > 1 && (window.kernel[i] as number) > 1)) {
    throw new UnsupportedOpError("dilation", `its window is dilated by [${window.dilation}]`);
  }
  return window;
}

function emitPool(call: Call, op: string, input: number, window: Window, padding: readonly number[]): void {
  const { kernel, stride } = window;
  const layout = call.pictures(0) as Layout;
  call.emit(op, [input], { filter: kernel, stride, padding, activation: "none", unsigned: false }, layout);
}

/** GlobalAveragePool: the mean over the spatial axes, in whatever layout it meets. */
export function globalAveragePool(call: Call): void {
  const { layout, rank } = call.value(0);
  const axes = layout.flatMap((axis, g) => (axis >= 2 ? [g] : []));
  if (rank < 3) throw new ShapeError(`its input has rank ${rank}, it must be at least 3`);
  call.emit("mean", [call.tensor(0, layout)], { axes, keepDims: true, unsigned: false }, layout);
}

/** GlobalMaxPool: one window over everything. */
export function globalMaxPool(call: Call): void {
  const layout = pictures(call.value(0).rank) ?? call.pictures(0);
  const input = call.tensor(0, layout);
  const [, height, width] = call.graphShape(input);
  const attributes = { filter: [height, width], stride: [1, 1], padding: [0, 0, 0, 0] } as { [k: string]: number[] };
  call.emit("max_pool2d", [input], { ...attributes, activation: "none", unsigned: false }, layout);
}
