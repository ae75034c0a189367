import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import type { Attributes } from "../../../core/model.js";
import { elementCount, formatShape } from "../../../core/shape.js";
import { aligned, isPlain, type Layout, plain, withLast } from "../../common/layout.js";
import type { Call } from "../call.js";
import { type Constant, typeName } from "../constant.js";
import { sameParameters } from "../quantized/parameters.js";
import { graphType, isByte, RAW, type Value } from "../value.js";

/**
 * The layout several values are best combined in: that of one of full rank that is computed, rather one with its
 * channels last than one in the file's order, because that is what the network computes in. Constants are laid out as
 * anyone likes.
 */
export function commonLayout(values: readonly Value[]): Layout {
  const rank = Math.max(...values.map((value) => value.rank));
  const computed = values.filter((value) => !value.isConstant && value.rank === rank);
  const layouts = computed.flatMap((value) => value.forms.map((form) => form.layout));
  return layouts.find((layout) => !isPlain(layout)) ?? layouts[0] ?? plain(rank);
}

/** Graph tensors of values that broadcast against each other, all lined up with `layout`. */
export function operands(call: Call, values: readonly Value[], layout: Layout): number[] {
  return values.map((value) => call.tensorOf(value, aligned(layout, value.rank)));
}

/** Two operands with broadcasting. */
export function binary(op: string, attributes: Attributes): (call: Call) => void {
  return (call) => {
    const values = [call.value(0), call.value(1)];
    const layout = commonLayout(values);
    call.emit(op, operands(call, values, layout), attributes, layout);
  };
}

/** Any number of operands, combined from left to right: Max, Min, Sum, and Mean, which divides in the end. */
export function variadic(op: string, attributes: Attributes, divides = false): (call: Call) => void {
  return (call) => {
    const values = Array.from({ length: call.inputCount }, (_, i) => call.value(i));
    const layout = commonLayout(values);
    const [first, ...rest] = operands(call, values, layout) as [number, ...number[]];
    if (rest.length === 0) {
      call.alias(call.value(0));
      return;
    }
    const last = divides ? undefined : (rest.pop() as number);
    const sum = rest.reduce((left, right, i) => call.helper(op, `${i}`, [left, right], attributes), first);
    if (last !== undefined) {
      call.emit(op, [sum, last], attributes, layout);
      return;
    }
    const count = call.parameter("count", { type: "FLOAT", shape: [], data: Float32Array.of(values.length) });
    call.emit("div", [sum, count], { activation: "none" }, layout);
  };
}

/** One input, one output, every element by itself. */
export function unary(op: string, attributes: (call: Call) => Attributes = () => ({})): (call: Call) => void {
  return (call) => {
    const { layout } = call.value(0);
    call.emit(op, [call.tensor(0, layout)], attributes(call), layout);
  };
}

/** Pow; squares and square roots have instructions of their own. An integer exponent counts as a float one. */
export function pow(call: Call): void {
  const exponent = call.value(1).constant;
  if (exponent?.data.length === 1 && exponent.shape.length <= call.value(0).rank) {
    const fn = exponent.data[0] === 2 ? "square" : exponent.data[0] === 0.5 ? "sqrt" : undefined;
    if (fn !== undefined) {
      unary("unary", () => ({ function: fn }))(call);
      return;
    }
  }
  const values = [call.value(0), call.value(1)];
  const layout = commonLayout(values);
  const [x, y] = operands(call, values, layout) as [number, number];
  const isFloat = graphType(call.value(1).type, call.value(1).label) === "float32";
  call.emit("pow", [x, isFloat ? y : call.helper("cast", "exponent", [y], {}, { dtype: "float32" })], {}, layout);
}

/** PRelu's slopes broadcast to the input, never the other way. */
export function prelu(call: Call): void {
  const [value, slope] = [call.value(0), call.value(1)];
  if (slope.rank > value.rank) throw new ShapeError(`its slopes ${formatShape(slope.shape)} are larger than its input`);
  const { layout } = value;
  call.emit("prelu", operands(call, [value, slope], layout), {}, layout);
}

/** No bound is this far away. */
const FARTHEST = 3.4e38;

/** Clip; ranges that are activations become one, which the node in front can take. Bounds are inputs since set 11. */
export function clip(call: Call): void {
  if (call.isQuantized && isByte(call.has(1) ? call.value(1).type : call.has(2) ? call.value(2).type : "")) {
    clipBytes(call);
    return;
  }
  const low = call.has(1) ? call.scalar(1, "min", 0) : call.attributes.float("min", Number.NEGATIVE_INFINITY);
  const high = call.has(2) ? call.scalar(2, "max", 0) : call.attributes.float("max", Number.POSITIVE_INFINITY);
  const { layout } = call.value(0);
  const input = call.tensor(0, layout);
  const activation =
    low === 0 && high >= FARTHEST
      ? "relu"
      : low === 0 && high === 6
        ? "relu6"
        : low === -1 && high === 1
          ? "relu_n1_to_1"
          : undefined;
  if (activation !== undefined) call.emit("relu", [input], { activation }, layout);
  else {
    // Where the bounds cross, the upper one wins.
    const max = Math.min(high, FARTHEST);
    call.emit("clip", [input], { min: Math.min(Math.max(low, -FARTHEST), max), max }, layout);
  }
}

/** Clip of values of 8 bits with bounds of 8 bits. */
function clipBytes(call: Call): void {
  const { layout, type } = call.value(0);
  const bound = (i: number) => {
    const shape = layout.map(() => 1);
    const data = Int32Array.of(call.scalar(i, i === 1 ? "min" : "max", 0));
    return call.parameter(i === 1 ? "min" : "max", { type, shape, data }, call.targetType());
  };
  const input = call.tensor(0, layout);
  if (!call.has(2)) call.emit("maximum", [input, bound(1)], {}, layout);
  else {
    const raised = call.has(1) ? call.helper("maximum", "raised", [input, bound(1)], {}) : input;
    call.emit("minimum", [raised, bound(2)], {}, layout);
  }
}

/** Softmax and LogSoftmax. Since operator set 13 along one axis; before, over all axes from `axis` on as if one. */
export function softmax(op: string, attributes: Attributes): (call: Call) => void {
  return (call) => {
    const { rank, shape, layout } = call.value(0);
    const axis = call.axis(call.attributes.int("axis", call.opset >= 13 ? -1 : 1), rank);
    if (call.opset >= 13 || shape.slice(axis + 1).every((dimension) => dimension === 1)) {
      const last = withLast(layout, axis);
      call.emit(op, [call.tensor(0, last)], attributes, last);
      return;
    }
    const rows = [shape.slice(0, axis), shape.slice(axis)].map(elementCount);
    const flat = call.helper("reshape", "rows", [call.tensor(0, plain(rank))], { shape: rows });
    const result = call.helper(op, op, [flat], attributes, call.targetType());
    call.emit("reshape", [result], { shape }, plain(rank));
  };
}

/** LRN across channels. ONNX divides alpha by the size of the window, of which the smaller half is in front. */
export function lrn(call: Call): void {
  const layout = withLast(call.value(0).layout, 1);
  const size = call.attributes.int("size", 0);
  if (size < 1) throw new ShapeError(`its size ${size} is not positive`);
  const before = Math.floor((size - 1) / 2);
  const attributes = {
    before,
    after: size - 1 - before,
    alpha: call.attributes.float("alpha", 1e-4) / size,
    beta: call.attributes.float("beta", 0.75),
    bias: call.attributes.float("bias", 1),
  };
  call.emit("lrn", [call.tensor(0, layout)], attributes, layout);
}

/** Cast between the types the graph has. Half precision is float32 here, so casts to and from it change nothing. */
export function cast(call: Call): void {
  const value = call.value(0);
  const to = typeName(call.attributes.int("to", 0));
  if (isByte(to) && to !== value.type) throw new UnsupportedOpError("tensor-type", `it casts ${value.type} to ${to}`);
  if (isByte(value.type) && to !== value.type) {
    castBytes(call, to);
    return;
  }
  const [from, target] = [graphType(value.type, value.label), graphType(to, "its result")];
  if (from === target) {
    call.alias(value);
    return;
  }
  call.emit("cast", [call.tensor(0, value.layout)], {}, value.layout, { dtype: target });
}

/** The numbers of values that have no scale. */
function castBytes(call: Call, to: string): void {
  const { layout, quantization, label, type } = call.value(0);
  if (graphType(to, "its result") !== "float32") {
    throw new UnsupportedOpError("tensor-type", `it casts ${type} to ${to}; to FLOAT is supported`);
  }
  if (quantization !== undefined && !sameParameters(quantization, RAW)) {
    throw new UnsupportedOpError("tensor-type", `it casts ${label}, whose numbers stand for others`);
  }
  call.emitAs({ type: "FLOAT" }, "dequantize", [call.tensor(0, layout)], {}, layout);
}

/** BatchNormalization of a trained model: a factor and an addend per channel, which passes fold into a convolution. */
export function batchNormalization(call: Call): void {
  if (call.attributes.int("training_mode", 0) === 1) throw new UnsupportedOpError("training", "it is in training mode");
  if (call.attributes.int("spatial", 1) !== 1) throw new UnsupportedOpError("spatial", "its statistics are per pixel");
  const value = call.value(0);
  const channels = value.shape[1] ?? 1;
  const [gamma, beta, mean, variance] = ["scale", "bias", "mean", "variance"].map((role, i) => {
    const constant = call.constant(i + 1, role);
    if (constant.data.length !== channels) {
      throw new ShapeError(`its ${role} ${formatShape(constant.shape)} must be [${channels}]`);
    }
    return constant.data;
  }) as [Constant["data"], Constant["data"], Constant["data"], Constant["data"]];
  const epsilon = call.attributes.float("epsilon", 1e-5);
  // Rounded where ONNX Runtime rounds: with a QuantizeLinear behind it, the last bit may decide a step.
  const { fround, sqrt } = Math;
  const factor = Float32Array.from(gamma, (g, c) => {
    const deviation = fround(sqrt(fround((variance[c] as number) + fround(epsilon))));
    return g * fround(1 / deviation);
  });
  const addend = Float32Array.from(beta, (b, c) => b - fround((mean[c] as number) * (factor[c] as number)));
  const { layout } = value;
  // One value per channel, along the graph axis where channels are; trailing axes of 1 make it line up.
  const at = layout.indexOf(1);
  const shape = [channels, ...layout.slice(at + 1).map(() => 1)];
  const none = { activation: "none", unsigned: false };
  const parameter = (role: string, data: Float32Array) => call.parameter(role, { type: "FLOAT", shape, data });
  const product = call.helper("mul", "scaled", [call.tensor(0, layout), parameter("factor", factor)], none);
  call.emit("add", [product, parameter("addend", addend)], none, layout);
}
