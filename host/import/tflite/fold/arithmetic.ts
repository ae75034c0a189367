import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { broadcastShape, checkShape, elementCount, stridesOf } from "../../../core/shape.js";
import { fakeQuant, fakeQuantized } from "../fake-quant.js";
import { perTensor } from "../value.js";
import { type Constant, type Fold, type FoldCall, numberReader, numberWriter } from "./constant.js";

/** Element-wise with broadcasting, on types that need no rescaling; with more to do than that it is left to a node. */
function binary(compute: (a: number, b: number) => number, hasActivation = false): Fold {
  return (call) => {
    const [a, b] = [call.input(0), call.input(1)];
    if (a.type !== b.type || !["INT32", "INT64", "FLOAT32"].includes(a.type)) return undefined;
    if (hasActivation && call.options.int8(0) !== 0) return undefined;
    const shape = broadcastShape(a.shape, b.shape);
    const data = call.allocate(a.type, elementCount(shape));
    const write = numberWriter({ type: a.type, data });
    const [readA, readB] = [numberReader(a), numberReader(b)];
    const [indexA, indexB] = [broadcastIndex(a.shape, shape), broadcastIndex(b.shape, shape)];
    const count = elementCount(shape);
    for (let i = 0; i < count; i++) write(i, compute(readA(indexA(i)), readB(indexB(i))));
    return [{ type: a.type, shape, data }];
  };
}

/** Maps an element number of `to` to the element of `from` that broadcasting puts there. */
function broadcastIndex(from: readonly number[], to: readonly number[]): (i: number) => number {
  const strides = stridesOf(from);
  const outer = stridesOf(to);
  const lead = to.length - from.length;
  return (i) =>
    from.reduce((sum, dimension, axis) => {
      const index = Math.floor(i / (outer[axis + lead] as number)) % (to[axis + lead] as number);
      return sum + (dimension === 1 ? 0 : index * (strides[axis] as number));
    }, 0);
}

function divide(a: number, b: number): number {
  if (b === 0) throw new ShapeError("it divides by 0");
  return Math.floor(a / b);
}

export const ARITHMETIC: Readonly<Record<string, Fold>> = {
  ADD: binary((a, b) => a + b, true),
  SUB: binary((a, b) => a - b, true),
  MUL: binary((a, b) => a * b, true),
  MAXIMUM: binary(Math.max),
  MINIMUM: binary(Math.min),
  FLOOR_DIV: binary(divide),
  FLOOR_MOD: binary((a, b) => a - divide(a, b) * b),

  CAST(call) {
    const source = call.input(0);
    return convert(call, source, call.outputs[0]?.type ?? "", (x) => x);
  },

  REDUCE_PROD(call) {
    const source = call.input(0);
    const axes = call.integers(1, "list of axes").map((axis) => (axis < 0 ? axis + source.shape.length : axis));
    if (source.shape.length !== 1 || axes.length !== 1 || axes[0] !== 0) {
      throw new UnsupportedOpError("axes", "only a vector's product is computed");
    }
    const read = numberReader(source);
    const data = call.allocate(source.type, 1);
    let product = 1;
    for (let i = 0; i < (source.shape[0] as number); i++) product *= read(i);
    numberWriter({ type: source.type, data })(0, product);
    return [{ type: source.type, shape: call.options.bool(0) ? [1] : [], data }];
  },

  FILL(call) {
    const shape = call.integers(0, "shape");
    checkShape(shape, "its result");
    const source = call.input(1);
    const data = call.allocate(source.type, elementCount(shape));
    if (source.data.byteLength === 0) throw new ShapeError("it fills with nothing");
    for (let i = 0; i < data.byteLength; i++) data[i] = source.data[i % source.data.byteLength] as number;
    return [{ type: source.type, shape, data }];
  },

  FAKE_QUANT(call) {
    const source = call.input(0);
    if (source.type !== "FLOAT32") return undefined;
    const grid = fakeQuant(call.options);
    return convert(call, source, "FLOAT32", (x) => fakeQuantized(x, grid));
  },

  /** As XNNPACK does it: sat(rne(f(x · f(1 / scale))) + zero point). */
  QUANTIZE(call) {
    const source = call.input(0);
    const output = call.outputs[0];
    if (source.type !== "FLOAT32" || output === undefined) return undefined;
    const { scale, zeroPoint } = perTensor(output);
    const inverse = Math.fround(1 / scale);
    const [low, high] = output.type === "UINT8" ? [0, 255] : [-128, 127];
    return convert(call, source, output.type, (x) =>
      Math.min(Math.max(roundHalfEven(Math.fround(x * inverse)) + zeroPoint, low), high),
    );
  },

  /** Also what float16 weights go through, which need no scale. */
  DEQUANTIZE(call) {
    const source = call.input(0);
    if (source.type === "FLOAT16") return convert(call, source, "FLOAT32", (x) => x);
    if (source.type !== "INT8" && source.type !== "UINT8") {
      throw new UnsupportedOpError("types", `a constant of ${source.type} is not dequantized`);
    }
    const q = source.quantization;
    const strides = stridesOf(source.shape);
    if (q !== undefined && q.scale.length > 1) {
      const [dimension, stride] = [source.shape[q.axis], strides[q.axis]];
      if (dimension !== q.scale.length || stride === undefined) throw new ShapeError("its scales do not fit its shape");
      return convert(call, source, "FLOAT32", (x, i) => {
        const channel = Math.floor(i / stride) % dimension;
        return (x - (q.zeroPoint[channel] ?? 0)) * (q.scale[channel] as number);
      });
    }
    const { scale, zeroPoint } = perTensor(source);
    return convert(call, source, "FLOAT32", (x) => (x - zeroPoint) * scale);
  },
};

function convert(
  call: FoldCall,
  source: Constant,
  type: string,
  compute: (x: number, i: number) => number,
): Constant[] {
  const count = elementCount(source.shape);
  const data = call.allocate(type, count);
  const read = numberReader(source);
  const write = numberWriter({ type, data });
  for (let i = 0; i < count; i++) write(i, compute(read(i), i));
  return [{ type, shape: source.shape, data }];
}

function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
