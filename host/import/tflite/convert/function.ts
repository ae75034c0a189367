import { UnsupportedOpError } from "../../../core/errors.js";
import type { Unary } from "../../../core/unary.js";
import type { Call } from "../call.js";
import { isQuantized } from "../value.js";

/** Quantized, TFLite looks these up in a table of 256 results, or rescales as ABS does; the others it has in float32. */
const TABLES = new Set(["EXP", "LOG", "GELU", "ELU", "ABS"]);

function refuseOtherQuantized(call: Call): void {
  const { type } = call.value(0);
  if (!isQuantized({ type }) || (type === "INT8" && TABLES.has(call.kind))) return;
  throw new UnsupportedOpError("types", `it computes on ${type}; qbin has it for float32${inInt8(call.kind)}`);
}

function inInt8(kind: string): string {
  return TABLES.has(kind) ? " and int8" : "";
}

/** EXP, LOG, SQRT and so on. */
export function unary(name: Unary): (call: Call) => void {
  return (call) => {
    refuseOtherQuantized(call);
    call.emit("unary", [call.tensor(0)], { function: name });
  };
}

/** GELU: its option asks for the approximation by tanh. */
export function gelu(call: Call): void {
  unary(call.options.bool(0) ? "gelu_tanh" : "gelu")(call);
}

export function elu(call: Call): void {
  refuseOtherQuantized(call);
  call.emit("elu", [call.tensor(0)], { alpha: 1 });
}

/** RELU_0_TO_1. */
export function relu0To1(call: Call): void {
  refuseOtherQuantized(call);
  call.emit("clip", [call.tensor(0)], { min: 0, max: 1 });
}

/** Two inputs and no options: MAXIMUM, MINIMUM, POW, SQUARED_DIFFERENCE, PRELU. */
export function pair(op: "maximum" | "minimum" | "pow" | "squared_difference" | "prelu"): (call: Call) => void {
  return (call) => call.emit(op, [call.tensor(0), call.tensor(1)], {});
}

export function div(call: Call): void {
  call.emit("div", [call.tensor(0), call.tensor(1)], { activation: call.activation(0) });
}

export function logSoftmax(call: Call): void {
  call.emit("log_softmax", [call.tensor(0)], {});
}

/** LOCAL_RESPONSE_NORMALIZATION: as many channels on both sides. */
export function localResponseNormalization(call: Call): void {
  const radius = call.options.int32(0);
  call.emit("lrn", [call.tensor(0)], {
    before: radius,
    after: radius,
    bias: call.options.float32(1),
    alpha: call.options.float32(2),
    beta: call.options.float32(3),
  });
}

/** TFLite divides by at least this. */
const LEAST_NORM = Math.fround(1e-6);

/** L2_NORMALIZATION along the last axis, in its parts. */
export function l2Normalization(call: Call): void {
  if (call.activation(0) !== "none") throw new UnsupportedOpError("activation", "a fused activation is not supported");
  refuseOtherQuantized(call);
  const value = call.value(0);
  const x = call.tensor(0);
  const axes = [value.shape.length - 1];
  const squares = call.helper("unary", "squares", [x], { function: "square" }, value);
  const sum = call.helper("reduce", "sum", [squares], { function: "sum", axes, keepDims: true }, value);
  const root = call.helper("unary", "root", [sum], { function: "sqrt" }, value);
  const norm = call.helper("clip", "norm", [root], { min: LEAST_NORM, max: 3.4e38 }, value);
  call.emit("div", [x, norm], { activation: "none" });
}

/** CAST between the types that are no scaled integers; of int8 it is the stored values. */
export function cast(call: Call): void {
  const [from, to] = [call.value(0), call.output];
  if (from.type === "UINT8" || isQuantized(to)) {
    throw new UnsupportedOpError("types", `it casts ${from.type} to ${to.type}; QUANTIZE and DEQUANTIZE do that`);
  }
  call.emit("cast", [call.tensor(0)], {});
}
