import { ShapeError } from "../../../core/errors.js";
import type { Attributes } from "../../../core/model.js";
import { formatShape } from "../../../core/shape.js";
import type { Layout } from "../../common/layout.js";
import type { Call } from "../call.js";
import { isByte, type Value } from "../value.js";

const PLAIN = { activation: "none", unsigned: false } as const;

/** How float32 activations and weights of 8 bits are multiplied where that is not in float32. */
export function modeOf(call: Call): Attributes {
  return call.isDynamic ? { mode: "dynamic-range" } : {};
}

/**
 * Writes a matrix product and its bias, which is input 2: float32 as it is; integers as what the operator's target is. A
 * target of float32 takes the sums of 32 bits, adds an integer bias, multiplies with both scales, and adds a float32 bias.
 */
export function emitProduct(
  call: Call,
  op: string,
  inputs: readonly number[],
  attributes: Attributes,
  layout: Layout,
): void {
  const bias = call.has(2) ? call.value(2) : undefined;
  const all = { ...attributes, ...modeOf(call) };
  const columns = layout.length - 1;
  if (!call.isQuantized || isByte(call.target.type) || call.target.type === "INT32") {
    call.emit(op, bias === undefined ? inputs : [...inputs, vector(call)], all, layout);
    return;
  }
  const isExact = bias?.type === "INT32";
  const sums = call.helper(op, "sums", isExact ? [...inputs, vector(call)] : inputs, all, { dtype: "int32" });
  const real = call.helper("cast", "real", [sums], {}, { dtype: "float32" });
  const count = call.graphShape(sums)[columns] as number;
  const [a, b] = [call.value(0), call.value(1)].map((value) => value.quantization?.scale ?? [1]) as [
    number[],
    number[],
  ];
  const steps = Float32Array.from(b, (scale) => Math.fround((a[0] as number) * scale));
  const shape = steps.length === 1 ? [] : [steps.length];
  const factor = call.parameter("scale", { type: "FLOAT", shape, data: steps });
  if (bias === undefined || isExact) {
    call.emit("mul", [real, factor], PLAIN, layout);
    return;
  }
  const scaled = call.helper("mul", "scaled", [real, factor], PLAIN);
  call.emit("add", [scaled, floats(call, "bias", bias, count)], PLAIN, layout);
}

/** A constant bias with one value per column. */
function vector(call: Call): number {
  const constant = call.constant(2, "bias");
  const { data } = constant;
  return call.parameter("bias", { ...constant, shape: [data.length], data });
}

function floats(call: Call, role: string, bias: Value, count: number): number {
  const { data, shape } = call.constant(2, role);
  if (data.length !== count && data.length !== 1) {
    throw new ShapeError(`its bias ${formatShape(shape)} must be [${count}], one value per column; ${bias.label}`);
  }
  return call.parameter(role, {
    type: "FLOAT",
    shape: data.length === 1 ? [] : [count],
    data: Float32Array.from(data),
  });
}
