import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { formatShape } from "../../../core/shape.js";
import type { Call } from "../call.js";
import type { Value } from "../value.js";
import { padded, pair } from "./conv.js";

/** A pooling window as [height, width]; `overhang` is how far the last one reaches past the padding. */
interface Window {
  readonly filter: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: readonly [number, number];
  readonly overhang: readonly [number, number];
}

/**
 * Maxima and means. Caffe rounds the number of windows up, and drops those that would begin in the padding behind the
 * picture. Its mean divides by the window without what lies beyond that padding.
 */
export function pooling(call: Call): void {
  const p = call.parameters("poolingParam");
  call.expect(1);
  const value = call.value(0);
  const layout = call.pictures(value);
  const pool = p.pool ?? "MAX";
  if (pool === "STOCHASTIC") throw new UnsupportedOpError("pool", "its pool is STOCHASTIC");
  const isGlobalMean = p.globalPooling === true && pool === "AVE";
  const { filter, stride, pad, overhang } = windowOf(call, value);
  const attributes = { filter, stride, activation: "none", unsigned: false } as const;
  if (pool === "MAX") {
    const padding = [...pad, ...pad.map((rows, i) => rows + (overhang[i] as number))];
    call.keep("max_pool2d", [call.writer.tensor(value, layout)], { ...attributes, padding }, layout, value.grid);
    return;
  }
  const window = { ...attributes, padding: [0, 0, ...overhang] };
  const isPadded = pad.some((rows) => rows > 0);
  const surrounded = (own: Value, suffix: string) =>
    call.writer.tensor(isPadded ? padded(call, own, pad, suffix) : own, layout);
  const real = call.real(0);
  if (isGlobalMean) {
    // In whatever order the picture lies.
    const axes = real.layout.flatMap((axis, g) => (axis >= 2 ? [g] : []));
    call.emit("mean", [call.writer.tensor(real, real.layout)], { axes, keepDims: true, unsigned: false }, real.layout);
  } else {
    call.emit("average_pool2d", [surrounded(real, "pad")], window, layout);
  }
  if (call.areBytes) call.fromIntegers("average_pool2d", [surrounded(value, "pad8")], window, layout);
}

function windowOf(call: Call, { shape }: Value): Window {
  const p = call.parameters("poolingParam");
  const [, , height, width] = shape as [number, number, number, number];
  const one = (x: number | undefined) => (x === undefined ? [] : [x]);
  const stride = pair("stride", one(p.stride), p.strideH, p.strideW, 1, 1);
  const pad = pair("pad", one(p.pad), p.padH, p.padW, 0, 0);
  if (p.globalPooling) {
    if (pad.some((rows) => rows > 0) || stride.some((step) => step > 1)) {
      throw new ShapeError("its global pooling has a pad or stride; it takes none");
    }
    return { filter: [height, width], stride: [1, 1], pad, overhang: [0, 0] };
  }
  const filter = pair("kernel_size", one(p.kernelSize), p.kernelH, p.kernelW, undefined, 1);
  const isFloor = p.roundMode === "FLOOR" || p.ceilMode === false;
  const overhang = [height, width].map((extent, i) =>
    overhangOf(extent, filter[i] as number, stride[i] as number, pad, i, isFloor, shape),
  );
  return { filter, stride, pad, overhang: overhang as [number, number] };
}

function overhangOf(
  extent: number,
  size: number,
  stride: number,
  pad: readonly [number, number],
  axis: number,
  isFloor: boolean,
  shape: readonly number[],
): number {
  const rows = pad[axis] as number;
  if (rows >= size) throw new ShapeError(`its pad [${pad}] must be smaller than its kernel`);
  const room = extent + 2 * rows - size;
  let last = isFloor ? Math.floor(room / stride) : Math.ceil(room / stride);
  // One pad is enough for Caffe to look at both axes.
  if (pad.some((other) => other > 0) && last * stride >= extent + rows) last--;
  if (last < 0) throw new ShapeError(`its kernel of ${size} does not fit into ${formatShape(shape)} and its padding`);
  if (last * stride >= extent + rows) {
    throw new UnsupportedOpError("window", `its last window begins behind ${formatShape(shape)} and has no content`);
  }
  return Math.max(0, last * stride - room);
}
