import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { formatShape } from "../../../core/shape.js";
import { aligned, type Layout } from "../../common/layout.js";
import type { Call } from "../call.js";
import type { Value } from "../value.js";

const PLAIN = { activation: "none", unsigned: false } as const;

/**
 * LayerNormalization and InstanceNormalization: values minus their mean, over the square root of their variance, which
 * are taken over some axes; then a factor and an addend.
 */
export function layerNormalization(call: Call): void {
  if (call.outputs.slice(1).includes(true)) throw new UnsupportedOpError("statistics", "its mean or deviation is read");
  const { rank } = call.value(0);
  const first = call.axis(call.attributes.int("axis", -1), rank);
  const axes = Array.from({ length: rank - first }, (_, i) => first + i);
  normalize(call, axes, call.value(1), call.has(2) ? call.value(2) : undefined);
}

/** Over height and width of every channel by itself. */
export function instanceNormalization(call: Call): void {
  const { rank, shape } = call.value(0);
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  const columns = [1, 2].map((i) => {
    const constant = call.constant(i, i === 1 ? "scale" : "bias");
    if (constant.data.length !== shape[1]) {
      throw new ShapeError(`its ${i === 1 ? "scale" : "bias"} ${formatShape(constant.shape)} must be [${shape[1]}]`);
    }
    return call.column(call.value(i), rank - 2);
  });
  normalize(call, axes, columns[0] as Value, columns[1]);
}

function normalize(call: Call, axes: readonly number[], scale: Value, bias: Value | undefined): void {
  const { layout } = call.value(0);
  const epsilon = call.attributes.float("epsilon", 1e-5);
  const positions = axes.map((axis) => layout.indexOf(axis)).sort((a, b) => a - b);
  const mean = (x: number, suffix: string) =>
    call.helper("mean", suffix, [x], { axes: positions, keepDims: true, unsigned: false });
  const parameter = (value: Value): number => call.tensorOf(value, aligned(layout as Layout, value.rank));
  const input = call.tensor(0, layout);
  const centered = call.helper("sub", "centered", [input, mean(input, "mean")], PLAIN);
  const variance = mean(call.helper("unary", "squared", [centered], { function: "square" }), "variance");
  const constant = call.parameter("epsilon", { type: "FLOAT", shape: [], data: Float32Array.of(epsilon) });
  const shifted = call.helper("add", "shifted", [variance, constant], PLAIN);
  const inverse = call.helper("unary", "inverse", [shifted], { function: "rsqrt" });
  const normal = call.helper("mul", "normal", [centered, inverse], PLAIN);
  if (bias === undefined) {
    call.emit("mul", [normal, parameter(scale)], PLAIN, layout);
    return;
  }
  const product = call.helper("mul", "scaled", [normal, parameter(scale)], PLAIN);
  call.emit("add", [product, parameter(bias)], PLAIN, layout);
}
