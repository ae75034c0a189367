import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { broadcastShape, elementCount } from "../../../core/shape.js";
import { gathered } from "../../common/permute.js";
import { allocate, type Constant, constantType, type Numbers, typeName } from "../constant.js";
import type { Fold, FoldCall } from "./call.js";
import { broadcastSteps } from "./move.js";

const isFloat = (type: string) => type === "FLOAT" || type === "DOUBLE";

/** An input's elements, one for each element of a broadcast result. */
function spread(call: FoldCall, source: Constant, shape: readonly number[]): Numbers {
  const target = call.allocate(source.type, shape);
  gathered(source.data, shape, 0, broadcastSteps(source.shape, shape), target);
  return target;
}

type Compute = (a: number, b: number, type: string) => number;

/** Element-wise with broadcasting. What floats hold after rounding to their type is what ONNX defines. */
function combined(call: FoldCall, a: Constant, b: Constant, compute: Compute, result?: string): Constant {
  if (a.type !== b.type) throw new UnsupportedOpError("types", `it mixes ${a.type} and ${b.type}`);
  const shape = broadcastShape(a.shape, b.shape);
  const [x, y] = [spread(call, a, shape), spread(call, b, shape)];
  const type = result ?? a.type;
  const data = call.allocate(type, shape);
  for (let i = 0; i < data.length; i++) data[i] = compute(x[i] as number, y[i] as number, a.type);
  return { type, shape, data };
}

function binary(compute: Compute, result?: string): Fold {
  return (call) => [combined(call, call.input(0), call.input(1), compute, result)];
}

/** The same for any number of inputs. */
function variadic(compute: Compute): Fold {
  return (call) => [
    call.inputs
      .slice(1)
      .reduce((left: Constant, _, i) => combined(call, left, call.input(i + 1), compute), call.input(0)),
  ];
}

function unary(compute: (x: number) => number, result?: string): Fold {
  return (call) => {
    const source = call.input(0);
    const type = result ?? source.type;
    const data = call.allocate(type, source.shape);
    for (let i = 0; i < data.length; i++) data[i] = compute(source.data[i] as number);
    return [{ type, shape: source.shape, data }];
  };
}

/** Integers divide towards zero; dividing one by 0 has no result. */
function divide(a: number, b: number, type: string): number {
  if (isFloat(type)) return a / b;
  if (b === 0) throw new ShapeError("it divides an integer by 0");
  return Math.trunc(a / b);
}

export const ARITHMETIC: Readonly<Record<string, Fold>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary(divide),
  Pow: binary((a, b) => a ** b),
  /** The sign is the divisor's, with `fmod` the dividend's. */
  Mod(call) {
    const truncates = call.attributes.int("fmod", 0) === 1;
    return binary((a, b, type) => (truncates || isFloat(type) ? a % b : a - Math.floor(a / b) * b))(call);
  },
  Min: variadic((a, b) => Math.min(a, b)),
  Max: variadic((a, b) => Math.max(a, b)),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Not: unary((x) => (x === 0 ? 1 : 0), "BOOL"),
  Equal: binary((a, b) => (a === b ? 1 : 0), "BOOL"),
  Less: binary((a, b) => (a < b ? 1 : 0), "BOOL"),
  Greater: binary((a, b) => (a > b ? 1 : 0), "BOOL"),
  And: binary((a, b) => a & b, "BOOL"),
  Or: binary((a, b) => a | b, "BOOL"),

  Where(call) {
    const [condition, a, b] = [call.input(0), call.input(1), call.input(2)];
    const shape = broadcastShape(condition.shape, broadcastShape(a.shape, b.shape));
    const [test, x, y] = [spread(call, condition, shape), spread(call, a, shape), spread(call, b, shape)];
    const data = call.allocate(a.type, shape);
    for (let i = 0; i < data.length; i++) data[i] = (test[i] === 0 ? y[i] : x[i]) as number;
    return [{ type: a.type, shape, data }];
  },

  /** Towards zero when integers come out; to BOOL, everything but 0 is true. */
  Cast(call) {
    const source = call.input(0);
    const type = constantType(typeName(call.attributes.int("to", 0)));
    const data = call.allocate(type, source.shape);
    const convert = isFloat(type) ? (x: number) => x : type === "BOOL" ? (x: number) => (x === 0 ? 0 : 1) : Math.trunc;
    for (let i = 0; i < data.length; i++) data[i] = convert(source.data[i] as number);
    return [{ type, shape: source.shape, data }];
  },

  ReduceProd(call) {
    const source = call.input(0);
    const axes = call.integersFrom("axes", 1, "axes");
    if (source.shape.length !== 1 || axes?.some((axis) => axis !== 0 && axis !== -1)) {
      throw new UnsupportedOpError("axes", "only the product of a constant vector is computed");
    }
    const data = allocate(source.type, 1);
    data[0] = Array.from(source.data).reduce((product, x) => product * x, 1);
    return [{ type: source.type, shape: call.attributes.int("keepdims", 1) === 1 ? [1] : [], data }];
  },

  Range(call) {
    const [start, limit, step] = [0, 1, 2].map((i) => {
      const { data } = call.input(i);
      if (data.length !== 1) throw new ShapeError(`input ${i} has ${data.length} elements, not one`);
      return data[0] as number;
    }) as [number, number, number];
    const count = Math.max(0, Math.ceil((limit - start) / step));
    if (!Number.isFinite(count)) throw new ShapeError(`a range from ${start} to ${limit} by ${step} has no end`);
    const { type } = call.input(0);
    const data = call.allocate(type, [count]);
    for (let i = 0; i < count; i++) data[i] = start + i * step;
    return [{ type, shape: [count], data }];
  },

  ConstantOfShape(call) {
    const shape = call.integers(0, "shape");
    const value = call.attributes.tensor("value");
    const type = value?.type ?? "FLOAT";
    const data = call.allocate(type, shape);
    if (value !== undefined && elementCount(value.shape) !== 1) throw new ShapeError("its value is not one number");
    data.fill(value?.data[0] ?? 0);
    return [{ type, shape, data }];
  },
};
