import { QuantizationError, ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { sameShape } from "../../../core/shape.js";
import type { Call } from "../call.js";
import {
  packedShape,
  requireEqualShapes,
  reshapedShape,
  squeezedShape,
  transposition,
  unpackSizes,
} from "../shapes.js";
import { sliceBox, stridedBox } from "../slicing.js";
import { isQuantized, perTensor, sameParameters, type Value } from "../value.js";

/** RESHAPE: the second input wins over the option. */
export function reshape(call: Call): void {
  const wanted = call.has(1) ? call.integers(1, "new shape") : (call.options.int32s(0) ?? []);
  call.emit("reshape", [call.tensor(0)], { shape: reshapedShape(call.shape(0), wanted) });
}

export function squeeze(call: Call): void {
  call.emit("reshape", [call.tensor(0)], { shape: squeezedShape(call.shape(0), call.options.int32s(0) ?? []) });
}

export function expandDims(call: Call): void {
  const axis = call.integers(1, "axis")[0] ?? 0;
  call.emit("reshape", [call.tensor(0)], { shape: packedShape(call.shape(0), axis) });
}

export function transpose(call: Call): void {
  const permutation = transposition(call.shape(0), call.integers(1, "permutation"));
  call.emit("transpose", [call.tensor(0)], { permutation });
}

export function slice(call: Call): void {
  const box = sliceBox(call.shape(0), call.integers(1, "begin"), call.integers(2, "size"));
  call.emit("slice", [call.tensor(0)], { begin: box.begin, size: box.size, stride: box.stride });
}

/** STRIDED_SLICE: a slice, and a reshape where axes were added or dropped. */
export function stridedSlice(call: Call): void {
  const box = stridedBox(call);
  const attributes = { begin: box.begin, size: box.size, stride: box.stride };
  if (sameShape(box.shape, box.size)) {
    call.emit("slice", [call.tensor(0)], attributes);
    return;
  }
  const cut = call.helper("slice", "slice", [call.tensor(0)], attributes, call.value(0));
  call.emit("reshape", [cut], { shape: box.shape });
}

/** PAD, and PADV2 when what it fills with is real 0, as the op does. */
export function pad(call: Call): void {
  const padding = call.integers(1, "padding");
  if (call.kind === "PADV2" && !fillsWithZero(call)) {
    throw new UnsupportedOpError(
      "pad-value",
      "it fills with a value that is not 0 (for quantized tensors: the zero point)",
    );
  }
  call.emit("pad", [call.tensor(0)], { padding });
}

function fillsWithZero(call: Call): boolean {
  const fill = call.value(2);
  if (fill.data === undefined || fill.type !== call.value(0).type || fill.data.byteLength === 0) return false;
  const view = new DataView(fill.data.buffer, fill.data.byteOffset, fill.data.byteLength);
  if (fill.type === "FLOAT32") return fill.data.byteLength === 4 && view.getFloat32(0, true) === 0;
  if (!isQuantized(fill)) return fill.data.every((byte) => byte === 0);
  const value = fill.type === "INT8" ? view.getInt8(0) : view.getUint8(0);
  return value === perTensor(call.output).zeroPoint;
}

/**
 * CONCATENATION. TFLite rescales uint8 inputs whose parameters differ from the output's, each with a formula of its
 * own; int8 inputs that differ make the model invalid, which the op's own check says.
 */
export function concatenation(call: Call): void {
  if (call.activation(1) !== "none") throw new UnsupportedOpError("activation", "a fused activation is not supported");
  const axis = call.axis(call.options.int32(0), call.shape(0).length);
  const inputs = Array.from({ length: call.inputCount }, (_, i) => rescaled(call, i));
  call.emit("concatenation", inputs, { axis });
}

function rescaled(call: Call, i: number): number {
  const value = call.value(i);
  if (value.type !== "UINT8" || sameParameters(value, call.output)) return call.tensor(i);
  const like = { ...call.output, shape: value.shape };
  return call.helper("requantize", `input${i}`, [call.tensor(i)], { arithmetic: "concatenation" }, like);
}

/** PACK: each input gets the new axis, then they are concatenated along it. */
export function pack(call: Call): void {
  const shape = packedShape(call.shape(0), call.options.int32(1));
  const axis = call.axis(call.options.int32(1), shape.length);
  const inputs = Array.from({ length: call.inputCount }, (_, i) => {
    const value = call.value(i);
    requireSame(value, call.output);
    requireEqualShapes([call.shape(0), value.shape]);
    return call.helper("reshape", `input${i}`, [call.tensor(i)], { shape }, value);
  });
  call.emit("concatenation", inputs, { axis });
}

/** UNPACK: split into slices of one, each of which loses the axis. */
export function unpack(call: Call): void {
  const shape = call.shape(0);
  const axis = call.axis(call.options.int32(1), shape.length);
  const rest = shape.filter((_, i) => i !== axis);
  const sizes = unpackSizes(shape, axis, call.outputs.length);
  const likes = call.outputs.map((output) => requireSame(output, call.value(0)));
  const pieces = call.helpers("split", "split", [call.tensor(0)], { axis, sizes }, likes);
  pieces.forEach((piece, i) => {
    if (call.isRead(i)) call.emit("reshape", [piece], { shape: rest }, i);
  });
}

export function split(call: Call): void {
  const shape = call.shape(1);
  const axis = call.axis(call.integers(0, "axis")[0] ?? 0, shape.length);
  const count = call.outputs.length;
  const total = shape[axis] as number;
  if (count === 0 || total % count !== 0) throw new ShapeError(`${total} does not split into ${count} equal parts`);
  call.emit("split", [call.tensor(1)], { axis, sizes: new Array(count).fill(total / count) });
}

/** SPLIT_V: one size may be −1, what the others leave. */
export function splitV(call: Call): void {
  const shape = call.shape(0);
  const axis = call.axis(call.integers(2, "axis")[0] ?? 0, shape.length);
  const sizes = call.integers(1, "list of sizes");
  const known = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  const resolved = sizes.map((size) => (size === -1 ? (shape[axis] as number) - known : size));
  if (sizes.filter((size) => size === -1).length > 1) throw new ShapeError("more than one of its sizes is -1");
  call.emit("split", [call.tensor(0)], { axis, sizes: resolved });
}

/** RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR; the first has two withdrawn option fields in front. */
export function resize(op: "resize_bilinear" | "resize_nearest"): (call: Call) => void {
  const field = op === "resize_bilinear" ? 2 : 0;
  return (call) => {
    const size = call.integers(1, "size");
    const flags = { alignCorners: call.options.bool(field), halfPixelCenters: call.options.bool(field + 1) };
    const unsigned = { unsigned: call.unsigned, ...call.kernels(call.unsigned, "reference") };
    call.emit(op, [call.tensor(0)], { size, ...flags, ...(op === "resize_bilinear" && unsigned) });
  };
}

/** Moves that are made of several ops keep values as they are, so their parameters must agree. */
export function requireSame(a: Value, b: Value): Value {
  if (isQuantized(a) && !sameParameters(a, b)) {
    throw new QuantizationError(`tensors "${a.name}" and "${b.name}" differ in scale or zero point`);
  }
  return a;
}
