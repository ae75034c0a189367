import { ShapeError } from "../../../core/errors.js";
import { broadcastShape, elementCount, type Shape, stridesOf } from "../../../core/shape.js";
import { gathered } from "../../common/permute.js";
import type { Constant } from "../constant.js";
import {
  concatenatedShape,
  flattenedShape,
  permutationOf,
  reshapedShape,
  sliceBox,
  splitSizes,
  squeezedShape,
  unsqueezedShape,
} from "../shapes.js";
import type { Fold, FoldCall } from "./call.js";

function view({ type, data }: Constant, shape: Shape): Constant[] {
  return [{ type, data, shape }];
}

function take(call: FoldCall, source: Constant, shape: Shape, begin: number, steps: readonly number[]): Constant {
  const data = call.allocate(source.type, shape);
  gathered(source.data, shape, begin, steps, data);
  return { type: source.type, shape, data };
}

/** Elements `begin`, `begin` + `step`, … of one axis. */
function along(call: FoldCall, source: Constant, axis: number, begin: number, size: number): Constant {
  const strides = stridesOf(source.shape);
  const shape = source.shape.map((dimension, i) => (i === axis ? size : dimension));
  return take(call, source, shape, begin * (strides[axis] as number), strides);
}

/** Steps with which an input is read so that it broadcasts to `shape`. */
export function broadcastSteps(from: Shape, shape: Shape): number[] {
  const strides = stridesOf(from);
  const lead = shape.length - from.length;
  return shape.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : (strides[i - lead] as number)));
}

export const MOVES: Readonly<Record<string, Fold>> = {
  Identity: (call) => view(call.input(0), call.input(0).shape),
  Dropout: (call) => view(call.input(0), call.input(0).shape),

  Reshape(call) {
    const wanted = call.integersFrom("shape", 1, "shape") ?? [];
    return view(call.input(0), reshapedShape(call.input(0).shape, wanted, call.attributes.int("allowzero", 0) === 1));
  },

  Flatten(call) {
    return view(call.input(0), flattenedShape(call.input(0).shape, call.attributes.int("axis", 1)));
  },

  Squeeze(call) {
    return view(call.input(0), squeezedShape(call.input(0).shape, call.integersFrom("axes", 1, "axes")));
  },

  Unsqueeze(call) {
    return view(call.input(0), unsqueezedShape(call.input(0).shape, call.integersFrom("axes", 1, "axes") ?? []));
  },

  Transpose(call) {
    const source = call.input(0);
    const order = permutationOf(source.shape.length, call.attributes.ints("perm"));
    const strides = stridesOf(source.shape);
    const shape = order.map((axis) => source.shape[axis] as number);
    return [
      take(
        call,
        source,
        shape,
        0,
        order.map((axis) => strides[axis] as number),
      ),
    ];
  },

  Expand(call) {
    const source = call.input(0);
    const shape = broadcastShape(source.shape, call.integers(1, "shape"));
    return [take(call, source, shape, 0, broadcastSteps(source.shape, shape))];
  },

  Concat(call) {
    const pieces = call.inputs.map((_, i) => call.input(i));
    const first = call.input(0);
    const axis = call.axis(call.attributes.int("axis", 0), first.shape.length);
    const shape = concatenatedShape(
      pieces.map((piece) => piece.shape),
      axis,
    );
    const data = call.allocate(first.type, shape);
    const outer = elementCount(shape.slice(0, axis));
    let at = 0;
    for (let row = 0; row < outer; row++) {
      for (const piece of pieces) {
        const length = piece.data.length / outer;
        data.set(piece.data.subarray(row * length, (row + 1) * length), at);
        at += length;
      }
    }
    return [{ type: first.type, shape, data }];
  },

  Split(call) {
    const source = call.input(0);
    const axis = call.axis(call.attributes.int("axis", 0), source.shape.length);
    const sizes = splitSizes(source.shape[axis] as number, call.integersFrom("split", 1, "sizes"), call.outputs);
    let begin = 0;
    return sizes.map((size) => {
      const piece = along(call, source, axis, begin, size);
      begin += size;
      return piece;
    });
  },

  Slice(call) {
    const source = call.input(0);
    const { begin, size, step } = sliceBox(
      source.shape,
      call.integersFrom("starts", 1, "starts") ?? [],
      call.integersFrom("ends", 2, "ends") ?? [],
      call.integersFrom("axes", 3, "axes"),
      call.integersFrom("steps", 4, "steps"),
    );
    const strides = stridesOf(source.shape);
    const first = begin.reduce((sum, at, axis) => sum + at * (strides[axis] as number), 0);
    return [
      take(
        call,
        source,
        size,
        first,
        step.map((by, axis) => by * (strides[axis] as number)),
      ),
    ];
  },

  Gather(call) {
    const [source, indices] = [call.input(0), call.input(1)];
    const axis = call.axis(call.attributes.int("axis", 0), source.shape.length);
    const extent = source.shape[axis] as number;
    const inner = elementCount(source.shape.slice(axis + 1));
    const outer = elementCount(source.shape.slice(0, axis));
    const shape = [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)];
    const data = call.allocate(source.type, shape);
    let at = 0;
    for (let row = 0; row < outer; row++) {
      for (const given of indices.data) {
        const index = given < 0 ? given + extent : given;
        if (!(index >= 0 && index < extent)) throw new ShapeError(`it takes element ${given} of an axis of ${extent}`);
        const from = (row * extent + index) * inner;
        data.set(source.data.subarray(from, from + inner), at);
        at += inner;
      }
    }
    return [{ type: source.type, shape, data }];
  },
};
