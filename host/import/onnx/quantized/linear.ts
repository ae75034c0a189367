import { QuantizationError, UnsupportedOpError } from "../../../core/errors.js";
import type { Shape } from "../../../core/shape.js";
import type { Call } from "../call.js";
import { type Constant, type Numbers, typeName } from "../constant.js";
import { graphType, isByte, RAW, Value } from "../value.js";
import { dequantized, quantized, RANGES, spread } from "./numbers.js";
import { isPerTensor, type Parameters, readParameters, sameParameters, sameTarget } from "./parameters.js";
import { typeOfQuantize } from "./quantize-type.js";
import { tagged } from "./tagged.js";

const PLAIN = { activation: "none", unsigned: false } as const;

/** QuantizeLinear. What was dequantized with the same scale is what it was; constants are quantized here. */
export function quantizeLinear(call: Call): void {
  const value = call.value(0);
  const parameters = parametersOf(call);
  const type = typeOfQuantize(call.attributes, call.has(2) ? call.value(2) : undefined);
  if (call.attributes.int("precision", 0) > 1) throw new UnsupportedOpError("precision", "its precision is not FLOAT");
  if (graphType(value.type, value.label) !== "float32") {
    throw new UnsupportedOpError("tensor-type", `its input ${value.label} is ${value.type}`);
  }
  if (RANGES[type] === undefined || type === "INT32") {
    throw new UnsupportedOpError("tensor-type", `it quantizes to ${type}; 4, 8 and 16 bits are supported`);
  }
  const { source } = value;
  const result = { type, quantization: parameters };
  if (source !== undefined && sameTarget(source, result)) {
    call.alias(source);
    return;
  }
  if (value.isConstant) {
    const { shape } = value;
    const data = call.allocate(type, shape);
    quantized(value.constant!.data, shape, type, parameters, data);
    call.results[0] = new Value(call.outputName(0), type, shape, { type, shape, data }, { quantization: parameters });
    return;
  }
  if (!isByte(type) || !isPerTensor(parameters)) {
    elementwise(call, parameters, type);
    return;
  }
  const isRescaled = source !== undefined && isByte(source.type) && isPerTensor(source.quantization!);
  const { layout } = isRescaled ? source : value;
  const input = call.tensorOf(isRescaled ? source : value, layout);
  const [op, attributes] = isRescaled
    ? (["requantize", { arithmetic: "profile" }] as const)
    : (["quantize", {}] as const);
  call.emitAs(result, op, [input], attributes, layout);
}

/**
 * A scale for each of many elements, or a type that no tensor of the graph has: quotients are rounded in float32. Bytes are
 * stored as they are, and numbers of other types as float32, which holds them exactly.
 */
function elementwise(call: Call, parameters: Parameters, type: string): void {
  const value = call.value(0);
  const { layout } = value;
  const [low, high] = RANGES[type] as readonly [number, number];
  const [scales, points] = spreadOut(call, value, parameters);
  const quotient = call.helper("div", "steps", [call.tensor(0, layout), call.tensorOf(scales, layout)], {
    activation: "none",
  });
  const whole = call.helper("unary", "whole", [quotient], { function: "round" });
  const moved = call.helper("add", "moved", [whole, call.tensorOf(points, layout)], PLAIN);
  const clipped = call.helper("clip", "clipped", [moved], { min: low, max: high });
  if (!isByte(type)) {
    const origin = { quantization: parameters, forms: [{ layout, tensor: clipped }] };
    call.results[0] = new Value(call.outputName(0), type, value.shape, undefined, origin);
    return;
  }
  call.emitAs({ type, quantization: RAW }, "quantize", [clipped], {}, layout);
}

/** DequantizeLinear. Nothing is computed until somebody reads the result as float32; many read the integers instead. */
export function dequantizeLinear(call: Call): void {
  const value = call.value(0);
  const parameters = parametersOf(call);
  const { shape, type } = value;
  const to = typeName(call.attributes.int("output_dtype", 1));
  if (to !== "UNDEFINED" && graphType(to, "its result") !== "float32") {
    throw new UnsupportedOpError("tensor-type", `it dequantizes to ${to}`);
  }
  if (RANGES[type] === undefined) {
    throw new UnsupportedOpError("tensor-type", `it dequantizes ${value.label}, which is ${type}`);
  }
  if (call.has(2) && call.value(2).type !== type) {
    throw new UnsupportedOpError("types", `its input is ${type} and its zero point ${call.value(2).type}`);
  }
  const name = call.outputName(0);
  if (value.isConstant) {
    const isKept = (isByte(type) || type === "INT32") && parameters.blocks === undefined;
    call.results[0] = dequantizedConstant(name, value, parameters, isKept, (shape) => call.allocate("FLOAT", shape));
    return;
  }
  if (isByte(type) && isPerTensor(parameters)) {
    call.results[0] = new Value(name, "FLOAT", shape, undefined, { source: tagged(value, parameters) });
    return;
  }
  scaled(call, parameters);
}

/** A constant in float32, whose numbers are computed if somebody asks for them. */
export function dequantizedConstant(
  name: string,
  value: Value,
  parameters: Parameters,
  isKept: boolean,
  allocate: (shape: Shape) => Numbers,
): Value {
  const { shape } = value;
  const compute = (): Constant => {
    const data = allocate(shape);
    dequantized(value.constant!.data, shape, parameters, data);
    return { type: "FLOAT", shape, data };
  };
  return new Value(name, "FLOAT", shape, compute, { source: isKept ? tagged(value, parameters) : undefined });
}

/** A scale for each of many elements, sums of 32 bits, or numbers of other types: x = (q − zero point) · scale, in float32. */
function scaled(call: Call, parameters: Parameters): void {
  const value = call.value(0);
  const { layout, type } = value;
  if (isByte(type) && !sameParameters(value.quantization ?? RAW, RAW)) {
    throw new QuantizationError(`it reads ${value.label} with several scales; where that is computed it has one`);
  }
  const as = { dtype: "float32" } as const;
  const [scales, points] = spreadOut(call, value, parameters);
  const stored = call.tensor(0, layout);
  const op = isByte(type) ? "dequantize" : "cast";
  const numbers = isByte(type) || type === "INT32" ? call.helper(op, "numbers", [stored], {}, as) : stored;
  const centred = call.helper("sub", "centred", [numbers, call.tensorOf(points, layout)], PLAIN);
  call.emitAs({ type: "FLOAT" }, "mul", [centred, call.tensorOf(scales, layout)], PLAIN, layout);
}

/** Scales and zero points as float32 values that broadcast against a tensor. */
function spreadOut(call: Call, value: Value, parameters: Parameters): [Value, Value] {
  const { axis, blocks, scale, zeroPoint } = parameters;
  const shape = blocks !== undefined ? value.shape : value.shape.map((extent, i) => (i === axis ? extent : 1));
  const made = (role: string, values: readonly number[]) => {
    const data = call.allocate("FLOAT", shape);
    spread(values, shape, parameters, data);
    return new Value(`${call.name}/${role}`, "FLOAT", shape, { type: "FLOAT", shape, data });
  };
  return [made("scale", scale), made("zero point", zeroPoint)];
}

function parametersOf(call: Call): Parameters {
  const named = { scale: call.value(1), zeroPoint: call.has(2) ? call.value(2) : undefined };
  const [axis, blockSize] = [call.attributes.int("axis", 1), call.attributes.int("block_size", 0)];
  return readParameters(named, { shape: call.shape(0), axis, blockSize });
}
