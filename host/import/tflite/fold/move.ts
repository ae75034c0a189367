import { ShapeError } from "../../../core/errors.js";
import { elementCount, formatShape, type Shape, stridesOf } from "../../../core/shape.js";
import {
  packedShape,
  requireEqualShapes,
  reshapedShape,
  squeezedShape,
  transposition,
  unpackSizes,
} from "../shapes.js";
import { sliceBox, stridedBox } from "../slicing.js";
import { isQuantized } from "../value.js";
import { type Constant, elementBytes, type Fold, type FoldCall } from "./constant.js";

/** Elements read from `source` at `begin` + Σ indexᵢ · stepᵢ, in C order of `shape`; all offsets in elements. */
function gather(call: FoldCall, source: Constant, shape: Shape, begin: number, steps: readonly number[]): Constant {
  const size = elementBytes(source.type);
  const count = elementCount(shape);
  const data = call.allocate(source.type, count);
  const index = new Array<number>(shape.length).fill(0);
  let at = begin;
  for (let i = 0; i < count; i++) {
    for (let byte = 0; byte < size; byte++) data[i * size + byte] = source.data[at * size + byte] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += steps[axis] as number;
      if (++(index[axis] as number) < (shape[axis] as number)) break;
      at -= (shape[axis] as number) * (steps[axis] as number);
      index[axis] = 0;
    }
  }
  return { type: source.type, shape, data };
}

/** Pieces one after another along `axis`. */
function join(call: FoldCall, pieces: readonly Constant[], axis: number): Constant {
  const first = pieces[0] as Constant;
  for (const piece of pieces) {
    const fits = piece.type === first.type && piece.shape.length === first.shape.length;
    if (!fits || piece.shape.some((dimension, i) => i !== axis && dimension !== first.shape[i])) {
      throw new ShapeError(
        `${formatShape(first.shape)} and ${formatShape(piece.shape)} cannot be joined along ${axis}`,
      );
    }
  }
  const extent = pieces.reduce((sum, piece) => sum + (piece.shape[axis] as number), 0);
  const shape = first.shape.map((dimension, i) => (i === axis ? extent : dimension));
  const data = call.allocate(first.type, elementCount(shape));
  const outer = elementCount(first.shape.slice(0, axis));
  let at = 0;
  for (let row = 0; row < outer; row++) {
    for (const piece of pieces) {
      const bytes = piece.data.byteLength / outer;
      data.set(piece.data.subarray(row * bytes, (row + 1) * bytes), at);
      at += bytes;
    }
  }
  return { type: first.type, shape, data };
}

function reshaped(source: Constant, shape: Shape): Constant[] {
  return [{ type: source.type, shape, data: source.data }];
}

function fromEnd(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) throw new ShapeError(`axis ${axis} is outside a tensor of rank ${rank}`);
  return positive;
}

export const MOVES: Readonly<Record<string, Fold>> = {
  RESHAPE(call) {
    const wanted = call.inputs.length > 1 ? call.integers(1, "new shape") : (call.options.int32s(0) ?? []);
    return reshaped(call.input(0), reshapedShape(call.shape(0), wanted));
  },

  SQUEEZE(call) {
    return reshaped(call.input(0), squeezedShape(call.shape(0), call.options.int32s(0) ?? []));
  },

  EXPAND_DIMS(call) {
    return reshaped(call.input(0), packedShape(call.shape(0), call.integers(1, "axis")[0] ?? 0));
  },

  TRANSPOSE(call) {
    const source = call.input(0);
    const permutation = transposition(source.shape, call.integers(1, "permutation"));
    const strides = stridesOf(source.shape);
    const shape = permutation.map((axis) => source.shape[axis] as number);
    return [
      gather(
        call,
        source,
        shape,
        0,
        permutation.map((axis) => strides[axis] as number),
      ),
    ];
  },

  SLICE(call) {
    const source = call.input(0);
    const box = sliceBox(source.shape, call.integers(1, "begin"), call.integers(2, "size"));
    return [cut(call, source, box.begin, box.size, box.stride)];
  },

  STRIDED_SLICE(call) {
    const source = call.input(0);
    const box = stridedBox(call);
    return reshaped(cut(call, source, box.begin, box.size, box.stride), box.shape);
  },

  /** Quantized inputs may need rescaling, which is left to nodes. */
  CONCATENATION(call) {
    if (call.options.int8(1) !== 0 || call.inputs.some(isQuantized)) return undefined;
    return [join(call, call.inputs, fromEnd(call.options.int32(0), call.shape(0).length))];
  },

  PACK(call) {
    if (call.inputs.some(isQuantized)) return undefined;
    requireEqualShapes(call.inputs.map((input) => input.shape));
    const shape = packedShape(call.shape(0), call.options.int32(1));
    const axis = fromEnd(call.options.int32(1), shape.length);
    return [
      join(
        call,
        call.inputs.map((input) => ({ ...input, shape })),
        axis,
      ),
    ];
  },

  UNPACK(call) {
    const source = call.input(0);
    const axis = fromEnd(call.options.int32(1), source.shape.length);
    const rest = source.shape.filter((_, i) => i !== axis);
    const strides = stridesOf(source.shape);
    const steps = strides.filter((_, i) => i !== axis);
    return unpackSizes(source.shape, axis, call.outputs.length).map((_, i) =>
      gather(call, source, rest, i * (strides[axis] as number), steps),
    );
  },

  GATHER(call) {
    const source = call.input(0);
    const axis = fromEnd(call.options.int32(0), source.shape.length);
    if (call.options.int32(1) !== 0) throw new ShapeError("batch dimensions are not supported");
    const dimension = source.shape[axis] as number;
    const strides = stridesOf(source.shape);
    const pieces = call.integers(1, "indices").map((index) => {
      if (index < 0 || index >= dimension) throw new ShapeError(`index ${index} leaves an axis of ${dimension}`);
      const shape = source.shape.map((d, i) => (i === axis ? 1 : d));
      return gather(call, source, shape, index * (strides[axis] as number), strides);
    });
    if (pieces.length === 0) throw new ShapeError("it gathers nothing");
    const shape = [...source.shape.slice(0, axis), ...call.shape(1), ...source.shape.slice(axis + 1)];
    return reshaped(join(call, pieces, axis), shape);
  },
};

function cut(
  call: FoldCall,
  source: Constant,
  begin: readonly number[],
  size: readonly number[],
  stride: readonly number[],
): Constant {
  const strides = stridesOf(source.shape);
  const first = begin.reduce((sum, b, i) => sum + b * (strides[i] as number), 0);
  return gather(
    call,
    source,
    size,
    first,
    strides.map((s, i) => s * (stride[i] as number)),
  );
}
