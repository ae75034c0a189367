import { ShapeError } from "../../../core/errors.js";
import { dropped, type Layout } from "../../common/layout.js";
import type { Call } from "../call.js";

/** Gather. One known index is a slice, which a scalar leaves without the axis. */
export function gather(call: Call): void {
  const { layout, rank, shape } = call.value(0);
  const axis = call.axis(call.attributes.int("axis", 0), rank);
  const indices = call.value(1);
  const known = indices.constant && insideOf(indices.constant.data, shape[axis] as number);
  const at = layout.indexOf(axis);
  const input = call.tensor(0, layout);
  if (known?.length === 1 && indices.rank <= 1) {
    takeOne(call, input, at, known[0] as number, indices.rank === 1);
    return;
  }
  const spread = indices.shape.map((_, i) => axis + i);
  const result: Layout = layout.flatMap((other) => {
    if (other === axis) return spread;
    return [other > axis ? other + indices.rank - 1 : other];
  });
  const position =
    known === undefined
      ? call.tensor(
          1,
          indices.shape.map((_, i) => i),
        )
      : call.parameter("indices", { type: "INT32", shape: indices.shape, data: Int32Array.from(known) });
  call.emit("gather", [input, position], { axis: at }, result);
}

/** Indices from 0 on; those below count from the end. */
function insideOf(indices: ArrayLike<number>, extent: number): number[] {
  return Array.from(indices, (given) => {
    const index = given < 0 ? given + extent : given;
    if (index >= 0 && index < extent) return index;
    throw new ShapeError(`it takes element ${given} of an axis of ${extent}`);
  });
}

function takeOne(call: Call, input: number, at: number, index: number, keepsAxis: boolean): void {
  const { layout } = call.value(0);
  const size = call.graphShape(input).map((dimension, g) => (g === at ? 1 : dimension));
  const attributes = { begin: size.map((_, g) => (g === at ? index : 0)), size, stride: size.map(() => 1) };
  if (keepsAxis) {
    call.emit("slice", [input], attributes, layout);
    return;
  }
  const cut = call.helper("slice", "element", [input], attributes);
  const shape = size.filter((_, g) => g !== at);
  call.emit("reshape", [cut], { shape }, dropped(layout, [layout[at] as number]));
}

/** Copies `indices[g]`, for the graph axes g that have some, of a tensor: any rearrangement of rows and columns. */
export function selected(call: Call, input: number, indices: readonly (readonly number[] | undefined)[]): number {
  return indices.reduce((x, wanted, axis) => {
    if (wanted === undefined) return x;
    const data = Int32Array.from(wanted);
    const position = call.parameter(`indices${axis}`, { type: "INT32", shape: [data.length], data });
    return call.helper("gather", `axis${axis}`, [x, position], { axis });
  }, input);
}
