import type { Call } from "../call.js";

export function mean(call: Call): void {
  const rank = call.shape(0).length;
  const axes = call.integers(1, "list of axes").map((axis) => call.axis(axis, rank));
  const sorted = [...new Set(axes)].sort((a, b) => a - b);
  call.emit("mean", [call.tensor(0)], { axes: sorted, keepDims: call.options.bool(0), unsigned: call.unsigned });
}

export function argMax(call: Call): void {
  const axis = call.axis(call.integers(1, "axis")[0] ?? 0, call.shape(0).length);
  call.emit("arg_max", [call.tensor(0)], { axis });
}
