import { QuantizationError, UnsupportedOpError } from "../../../core/errors.js";
import type { Call } from "../call.js";
import type { Constant } from "../constant.js";
import { graphQuantization, graphType, isByte, RAW, Value } from "../value.js";
import { dequantized, quantized, RANGES, spread } from "./numbers.js";
import { tagged } from "./operators.js";
import { isPerTensor, type Parameters, readParameters, sameTarget } from "./parameters.js";
import { typeOfQuantize } from "./quantize-type.js";

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
  if (!isByte(type)) {
    throw new UnsupportedOpError("tensor-type", `it quantizes to ${type} while the model runs; INT8 and UINT8 are supported`);
  }
  if (!isPerTensor(parameters)) {
    elementwise(call, parameters, type);
    return;
  }
  const isRescaled = source !== undefined && isByte(source.type) && isPerTensor(source.quantization!);
  const { layout } = isRescaled ? source : value;
  const input = call.tensorOf(isRescaled ? source : value, layout);
  const [op, attributes] = isRescaled ? (["requantize", { arithmetic: "profile" }] as const) : (["quantize", {}] as const);
  call.emitAs(result, op, [input], attributes, layout);
}

/** A scale for each of many elements: quotients are rounded in float32, and stored as they are. */
function elementwise(call: Call, parameters: Parameters, type: string): void {
  const value = call.value(0);
  const { layout } = value;
  const [low, high] = RANGES[type] as readonly [number, number];
  const [scales, points] = spreadOut(call, value, parameters);
  const quotient = call.helper("div", "steps", [call.tensor(0, layout), call.tensorOf(scales, layout)], { activation: "none" });
  const whole = call.helper("unary", "whole", [quotient], { function: "round" });
  const moved = call.helper("add", "moved", [whole, call.tensorOf(points, layout)], PLAIN);
  const clipped = call.helper("clip", "clipped", [moved], { min: low, max: high });
  call.emitAs({ type, quantization: RAW }, "quantize", [clipped], {}, layout);
}

/** DequantizeLinear. Nothing is computed until somebody reads the result as float32; many read the integers instead. */
export function dequantizeLinear(call: Call): void {
  const value = call.value(0);
  const parameters = parametersOf(call);
  const { shape, type } = value;
  if (RANGES[type] === undefined) {
    throw new UnsupportedOpError("tensor-type", `it dequantizes ${value.label}, which is ${type}`);
  }
  if (call.has(2) && call.value(2).type !== type) {
    throw new UnsupportedOpError("types", `its input is ${type} and its zero point ${call.value(2).type}`);
  }
  const name = call.outputName(0);
  if (value.isConstant) {
    const isKept = (isByte(type) || type === "INT32") && parameters.blocks === undefined;
    const source = isKept ? tagged(value, parameters) : undefined;
    const compute = (): Constant => {
      const data = call.allocate("FLOAT", shape);
      dequantized(value.constant!.data, shape, parameters, data);
      return { type: "FLOAT", shape, data };
    };
    call.results[0] = new Value(name, "FLOAT", shape, compute, { source });
    return;
  }
  if (isByte(type) && isPerTensor(parameters)) {
    call.results[0] = new Value(name, "FLOAT", shape, undefined, { source: tagged(value, parameters) });
    return;
  }
  scaled(call, parameters);
}

/** A scale for each of many elements, or sums of 32 bits: x = (q − zero point) · scale, in float32. */
function scaled(call: Call, parameters: Parameters): void {
  const value = call.value(0);
  const { layout, type } = value;
  if (!isByte(type) && type !== "INT32") {
    throw new UnsupportedOpError("tensor-type", `it dequantizes ${type} while the model runs; 8 and 32 bits are supported`);
  }
  if (isByte(type) && graphQuantization(value)?.scale[0] !== 1) {
    throw new QuantizationError(`it reads ${value.label} with several scales; where that is computed it has one`);
  }
  const as = { dtype: "float32" } as const;
  const [scales, points] = spreadOut(call, value, parameters);
  const numbers = call.helper(type === "INT32" ? "cast" : "dequantize", "numbers", [call.tensor(0, layout)], {}, as);
  const centred = call.helper("sub", "centred", [numbers, call.tensorOf(points, layout)], PLAIN);
  call.emitAs({ type: "FLOAT" }, "mul", [centred, call.tensorOf(scales, layout)], PLAIN, layout);
}

/** Scales and zero points as float32 values that broadcast against a tensor. */
function spreadOut(call: Call, value: Value, parameters: Parameters): [Value, Value] {
  const { axis, blocks, scale, zeroPoint } = parameters;
  const shape =
    blocks !== undefined ? value.shape : value.shape.map((extent, i) => (i === axis ? extent : 1));
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

/** DynamicQuantizeLinear by itself: its scale and zero point are values like others, and its result has none. */
export function dynamicQuantizeLinear(call: Call): void {
  const value = call.value(0);
  const { layout } = value;
  const x = call.tensor(0, layout);
  const axes = layout.map((_, g) => g);
  const number = (role: string, n: number) =>
    call.parameter(role, { type: "FLOAT", shape: [], data: Float32Array.of(n) });
  const [zero, most] = [number("zero", 0), number("steps", 255)];
  const bound = (name: "min" | "max", op: string) => {
    const extreme = axes.length === 0 ? x : call.helper("reduce", name, [x], { function: name, axes, keepDims: false });
    return call.helper(op, `${name}0`, [extreme, zero], {});
  };
  const [low, high] = [bound("min", "minimum"), bound("max", "maximum")];
  const range = call.helper("sub", "range", [high, low], PLAIN);
  // Where there are zeros alone the scale is 1: 1 − sign(range) is added.
  const isEmpty = call.helper("sub", "empty", [number("one", 1), call.helper("unary", "sign", [range], { function: "sign" })], PLAIN);
  const step = call.helper("div", "step", [range, most], { activation: "none" });
  const scale = call.helper("add", "scale", [step, isEmpty], PLAIN);
  const rounded = (a: number, suffix: string) => {
    const quotient = call.helper("div", `${suffix}/steps`, [a, scale], { activation: "none" });
    return call.helper("unary", `${suffix}/whole`, [quotient], { function: "round" });
  };
  const offset = call.helper("sub", "offset", [zero, rounded(low, "low")], PLAIN);
  const point = call.helper("clip", "point", [offset], { min: 0, max: 255 });
  const moved = call.helper("add", "moved", [rounded(x, "x"), point], PLAIN);
  const bytes = { type: "UINT8", quantization: RAW };
  call.emitAs(bytes, "quantize", [call.helper("clip", "clipped", [moved], { min: 0, max: 255 })], {}, layout);
  if (call.outputs[1] === true) call.result(call.helper("reshape", "y_scale", [scale], { shape: [] }), [], 1);
  if (call.outputs[2] === true) call.emitAs(bytes, "quantize", [point], {}, [], 2);
}
