import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { formatShape, MAX_RANK } from "../../../core/shape.js";
import type { Call } from "../call.js";
import { requireSame } from "./move.js";

/** DEPTH_TO_SPACE and SPACE_TO_DEPTH: blocks of pixels become channels, or the other way round. */
export function blocks(direction: "to space" | "to depth"): (call: Call) => void {
  return (call) => {
    const [n, h, w, c] = call.shape(0) as [number, number, number, number];
    const size = call.options.int32(0);
    const apart = direction === "to space" ? [c / size ** 2] : [h / size, w / size];
    if (call.shape(0).length !== 4 || size < 1 || !apart.every(Number.isInteger)) {
      throw new ShapeError(`blocks of ${size} do not divide ${formatShape(call.shape(0))}`);
    }
    const like = requireSame(call.value(0), call.output);
    const [split, joined] =
      direction === "to space"
        ? [
            [n, h, w, size, size, c / size ** 2],
            [n, h * size, w * size, c / size ** 2],
          ]
        : [
            [n, h / size, size, w / size, size, c],
            [n, h / size, w / size, size ** 2 * c],
          ];
    const cut = call.helper("reshape", "split", [call.tensor(0)], { shape: split }, like);
    const turned = call.helper("transpose", "turned", [cut], { permutation: [0, 1, 3, 2, 4, 5] }, like);
    call.emit("reshape", [turned], { shape: joined });
  };
}

export function broadcastTo(call: Call): void {
  call.emit("broadcast_to", [call.tensor(0)], { shape: call.integers(1, "shape") });
}

/** TILE: each repeated axis gets a new axis of 1 in front, along which it is broadcast. */
export function tile(call: Call): void {
  const shape = call.shape(0);
  const times = call.integers(1, "list of repetitions");
  if (times.length !== shape.length || times.some((count) => count < 1)) {
    throw new ShapeError(`repetitions [${times}] do not fit ${formatShape(shape)}`);
  }
  const like = requireSame(call.value(0), call.output);
  const each = shape.map((size, i) => ({ size, count: times[i] as number }));
  const wide = each.flatMap(({ size, count }) => (count > 1 ? [count, size] : [size]));
  if (wide.length > MAX_RANK) {
    throw new UnsupportedOpError(
      "rank",
      `it repeats so many axes of ${formatShape(shape)} that they make ${wide.length}`,
    );
  }
  const narrow = each.flatMap(({ size, count }) => (count > 1 ? [1, size] : [size]));
  const spread = call.helper("reshape", "spread", [call.tensor(0)], { shape: narrow }, like);
  const repeated = call.helper("broadcast_to", "repeated", [spread], { shape: wide }, like);
  call.emit("reshape", [repeated], { shape: each.map(({ size, count }) => size * count) });
}

/** REVERSE_V2: a slice that goes backwards. */
export function reverse(call: Call): void {
  const shape = call.shape(0);
  const axes = call.integers(1, "list of axes").map((axis) => call.axis(axis, shape.length));
  const begin = shape.map((size, i) => (axes.includes(i) ? size - 1 : 0));
  const stride = shape.map((_, i) => (axes.includes(i) ? -1 : 1));
  call.emit("slice", [call.tensor(0)], { begin, size: shape, stride });
}

/** GATHER with one set of indices for all. */
export function gather(call: Call): void {
  if (call.options.int32(1) !== 0) throw new UnsupportedOpError("batch", "indices of its own for each batch");
  const axis = call.axis(call.options.int32(0), call.shape(0).length);
  call.emit("gather", [call.tensor(0), call.tensor(1)], { axis });
}
