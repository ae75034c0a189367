import { UnsupportedOpError } from "../../../core/errors.js";
import { dropped, type Layout } from "../../common/layout.js";
import type { Call } from "../call.js";

/** Which axes are reduced, as graph positions, and how the result is held. */
interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  readonly layout: Layout;
}

/** Axes are an attribute at first and an input later; none named means all, or with `noop_with_empty_axes` nothing. */
function reductionOf(call: Call): Reduction | undefined {
  const { layout, rank } = call.value(0);
  const given = call.integersFrom("axes", 1, "axes") ?? [];
  const keepDims = call.attributes.int("keepdims", 1) === 1;
  if (given.length === 0 && call.attributes.int("noop_with_empty_axes", 0) === 1) return undefined;
  const named = given.length === 0 ? layout.filter((axis) => axis !== -1) : given;
  const axes = [...new Set(named.map((axis) => call.axis(axis, rank)))];
  const positions = axes.map((axis) => layout.indexOf(axis)).sort((a, b) => a - b);
  return { axes: positions, keepDims, layout: keepDims ? layout : dropped(layout, axes) };
}

export function reduceMean(call: Call): void {
  const reduction = reductionOf(call);
  if (reduction === undefined) {
    call.alias(call.value(0));
    return;
  }
  const { axes, keepDims, layout } = reduction;
  call.emit("mean", [call.tensor(0, call.value(0).layout)], { axes, keepDims, unsigned: false }, layout);
}

/** ReduceSum, Max, Min, Prod; with functions of every element before and of the result after, norms as well. */
export function reduce(name: string, before?: string, after?: string): (call: Call) => void {
  return (call) => {
    const reduction = reductionOf(call);
    const { layout } = call.value(0);
    const input = call.tensor(0, layout);
    const x = before === undefined ? input : call.helper("unary", before, [input], { function: before });
    if (reduction === undefined) {
      if (before === undefined && after === undefined) call.alias(call.value(0));
      else throw new UnsupportedOpError("axes", "it reduces no axes");
      return;
    }
    const { axes, keepDims } = reduction;
    const attributes = { function: name, axes, keepDims };
    if (after === undefined) {
      call.emit("reduce", [x], attributes, reduction.layout);
      return;
    }
    const sum = call.helper("reduce", name, [x], attributes);
    call.emit("unary", [sum], { function: after }, reduction.layout);
  };
}

/** ArgMax; the first of equal elements, as the op has it. */
export function argMax(call: Call): void {
  const { layout, rank } = call.value(0);
  const axis = call.axis(call.attributes.int("axis", 0), rank);
  if (call.attributes.int("select_last_index", 0) === 1) {
    throw new UnsupportedOpError("arg_max", "it takes the last of equal elements");
  }
  const attributes = { axis: layout.indexOf(axis) };
  const input = call.tensor(0, layout);
  if (call.attributes.int("keepdims", 1) === 0) {
    call.emit("arg_max", [input], attributes, dropped(layout, [axis]), { dtype: "int64" });
    return;
  }
  const index = call.helper("arg_max", "index", [input], attributes, { dtype: "int64" });
  const shape = call.graphShape(input).map((extent, g) => (layout[g] === axis ? 1 : extent));
  call.emit("reshape", [index], { shape }, layout, { dtype: "int64" });
}
