import { UnsupportedOpError } from "../../../core/errors.js";
import type { Call } from "../call.js";

export function mean(call: Call): void {
  const kernels = call.kernels(call.output.type !== "FLOAT32", "reference");
  const attributes = { axes: axesOf(call), keepDims: call.options.bool(0), unsigned: call.unsigned, ...kernels };
  call.emit("mean", [call.tensor(0)], attributes);
}

/** SUM, REDUCE_MAX, REDUCE_MIN and REDUCE_PROD. */
export function reduce(name: "sum" | "max" | "min" | "prod"): (call: Call) => void {
  return (call) => {
    if (name === "sum" && call.unsigned)
      throw new UnsupportedOpError("types", "it sums UINT8; qbin has int8 and float32");
    call.emit("reduce", [call.tensor(0)], { function: name, axes: axesOf(call), keepDims: call.options.bool(0) });
  };
}

function axesOf(call: Call): number[] {
  const rank = call.shape(0).length;
  const axes = call.integers(1, "list of axes").map((axis) => call.axis(axis, rank));
  return [...new Set(axes)].sort((a, b) => a - b);
}

export function argMax(call: Call): void {
  const axis = call.axis(call.integers(1, "axis")[0] ?? 0, call.shape(0).length);
  call.emit("arg_max", [call.tensor(0)], { axis });
}
