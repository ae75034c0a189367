/** Random one-operator models: odd shapes, ordinary scales, and in every third case powers of two, which make ties. */
import type { FileModel, FileOperator, FileTensor, OptionField } from "./tflite-writer.js";

/** A small fast generator (mulberry32); the seed is the case's name. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)] as T;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.integer(0, 255));
  }
}

export type ByteFile = "INT8" | "UINT8";

export interface RandomModel {
  readonly model: FileModel;
  readonly inputs: readonly Uint8Array[];
}

type Make = (r: Draw, type: ByteFile) => Pick<FileModel, "tensors"> & { operator: FileOperator; inputs?: Uint8Array[] };

const count = (shape: readonly number[]) => shape.reduce((product, dimension) => product * dimension, 1);

/** Draws what the makers need; `tidy` cases have power-of-two scales. */
class Draw {
  readonly random: Random;
  readonly tidy: boolean;

  constructor(random: Random) {
    this.random = random;
    this.tidy = random.integer(0, 2) === 0;
  }

  scale(around: number): number {
    const exponent = Math.log2(around) + this.random.integer(-2, 2);
    return Math.fround(2 ** (this.tidy ? Math.round(exponent) : exponent + this.random.next() - 0.5));
  }

  zeroPoint(type: ByteFile): number {
    const low = type === "INT8" ? -128 : 0;
    return this.random.integer(0, 4) === 0
      ? low + this.random.pick([0, 128, 255])
      : this.random.integer(low, low + 255);
  }

  tensor(type: ByteFile, shape: readonly number[], around = 0.05): FileTensor {
    return { type, shape, scale: [this.scale(around)], zeroPoint: this.zeroPoint(type) };
  }

  image(): number[] {
    const r = this.random;
    return [r.integer(1, 2), r.integer(2, 9), r.integer(2, 9), r.integer(1, 9)];
  }
}

const int32 = (values: readonly number[]): FileTensor => ({
  type: "INT32",
  shape: [values.length],
  data: new Uint8Array(Int32Array.from(values).buffer),
});

const activationOf = (r: Draw) => r.random.pick([0, 0, 1, 2, 3]);

/** Kernel, stride and padding with kernel ≥ stride, where all peers agree on SAME. */
function windowOf(r: Draw, image: readonly number[], squareStride = false) {
  const padding = r.random.pick([0, 1]);
  const [kH, kW] = [1, 2].map((axis) => r.random.integer(1, Math.min(4, image[axis] as number))) as [number, number];
  const [first, second] = [r.random.integer(1, Math.min(2, kH)), r.random.integer(1, Math.min(2, kW))];
  const [sH, sW] = squareStride ? [Math.min(first, second), Math.min(first, second)] : [first, second];
  const out = (size: number, k: number, s: number) => Math.ceil((padding === 0 ? size : size - k + 1) / s);
  return { padding, kH, kW, sH, sW, size: [out(image[1] as number, kH, sH), out(image[2] as number, kW, sW)] };
}

function weightTensor(
  r: Draw,
  type: ByteFile,
  shape: readonly number[],
  axis: number,
  perChannel: boolean,
): FileTensor {
  const channels = shape[axis] as number;
  const data = r.random.bytes(count(shape)).map((byte) => (type === "INT8" && byte === 128 ? 129 : byte));
  const scale = Array.from({ length: perChannel ? channels : 1 }, () => r.scale(0.01));
  const zeroPoint = type === "UINT8" ? r.zeroPoint(type) : 0;
  return { type, shape, scale, zeroPoint, axis: perChannel ? axis : 0, data };
}

/** TFLite checks the bias scale, though it does not compute with it. */
function biasTensor(r: Draw, channels: number, x: FileTensor, w: FileTensor): FileTensor {
  const values = Array.from({ length: channels }, () => r.random.integer(-20000, 20000));
  const scale = (w.scale ?? []).map((s) => Math.fround(s * (x.scale?.[0] as number)));
  return { ...int32(values), scale, zeroPoint: 0 };
}

function productOutput(r: Draw, type: ByteFile, shape: readonly number[], x: FileTensor, w: FileTensor, depth: number) {
  const around = (x.scale?.[0] as number) * (w.scale?.[0] as number) * 80 * Math.sqrt(depth);
  return r.tensor(type, shape, around);
}

const conv: Make = (r, type) => {
  const image = r.image();
  const { padding, kH, kW, sH, sW, size } = windowOf(r, image);
  const [inC, outC] = [image[3] as number, r.random.integer(1, 9)];
  const x = r.tensor(type, image);
  const w = weightTensor(r, type, [outC, kH, kW, inC], 0, type === "INT8" && r.random.integer(0, 1) === 1);
  const y = productOutput(r, type, [image[0] as number, ...size, outC], x, w, kH * kW * inC);
  const fields: OptionField[] = [
    [0, "byte", padding],
    [1, "int", sW],
    [2, "int", sH],
    [3, "byte", activationOf(r)],
    [4, "int", 1],
    [5, "int", 1],
  ];
  const operator = { code: 3, version: 3, options: [1, fields] as const, inputs: [0, 1, 2], outputs: [3] };
  return { tensors: [x, w, biasTensor(r, outC, x, w), y], operator };
};

const depthwise: Make = (r, type) => {
  const image = r.image();
  const { padding, kH, kW, sH, sW, size } = windowOf(r, image, true);
  const multiplier = r.random.integer(1, 3);
  const outC = (image[3] as number) * multiplier;
  const x = r.tensor(type, image);
  const w = weightTensor(r, type, [1, kH, kW, outC], 3, type === "INT8" && r.random.integer(0, 1) === 1);
  const y = productOutput(r, type, [image[0] as number, ...size, outC], x, w, kH * kW);
  const fields: OptionField[] = [
    [0, "byte", padding],
    [1, "int", sW],
    [2, "int", sH],
    [3, "int", multiplier],
    [4, "byte", activationOf(r)],
    [5, "int", 1],
    [6, "int", 1],
  ];
  const operator = { code: 4, version: 3, options: [2, fields] as const, inputs: [0, 1, 2], outputs: [3] };
  return { tensors: [x, w, biasTensor(r, outC, x, w), y], operator };
};

const fullyConnected: Make = (r, type) => {
  const [rows, inC, outC] = [r.random.integer(1, 4), r.random.integer(1, 64), r.random.integer(1, 17)];
  const x = r.tensor(type, [rows, inC]);
  const w = weightTensor(r, type, [outC, inC], 0, false);
  const y = productOutput(r, type, [rows, outC], x, w, inC);
  const fields: OptionField[] = [[0, "byte", activationOf(r)]];
  const operator = { code: 9, version: 4, options: [8, fields] as const, inputs: [0, 1, 2], outputs: [3] };
  return { tensors: [x, w, biasTensor(r, outC, x, w), y], operator };
};

const pool =
  (code: number): Make =>
  (r, type) => {
    const image = r.image();
    const { padding, kH, kW, sH, sW, size } = windowOf(r, image);
    const x = r.tensor(type, image);
    const fields: OptionField[] = [
      [0, "byte", padding],
      [1, "int", sW],
      [2, "int", sH],
      [3, "int", kW],
      [4, "int", kH],
      [5, "byte", activationOf(r)],
    ];
    const operator = { code, version: 2, options: [5, fields] as const, inputs: [0], outputs: [1] };
    return { tensors: [x, { ...x, shape: [image[0] as number, ...size, image[3] as number] }], operator };
  };

const mean: Make = (r, type) => {
  const image = r.image();
  const axes = r.random.pick([[1, 2], [1, 2], [1], [2], [3], [1, 2, 3]]);
  const keep = r.random.integer(0, 1);
  const shape = image.map((d, i) => (axes.includes(i) ? 1 : d)).filter((_, i) => keep === 1 || !axes.includes(i));
  const x = r.tensor(type, image);
  const y = r.tensor(type, shape, (x.scale?.[0] as number) / 2);
  const operator = { code: 40, version: 2, options: [27, [[0, "byte", keep]]] as const, inputs: [0, 1], outputs: [2] };
  return { tensors: [x, int32(axes), y], operator };
};

const pair =
  (code: number, union: number, around: (a: number, b: number) => number): Make =>
  (r, type) => {
    const full = r.image();
    const partial = full.map((d) => (r.random.integer(0, 3) === 0 ? 1 : d));
    const shapes = r.random.integer(0, 1) === 0 ? [full, partial] : [partial, full];
    const [a, b] = shapes.map((shape) => r.tensor(type, shape)) as [FileTensor, FileTensor];
    const y = r.tensor(type, full, around(a.scale?.[0] as number, b.scale?.[0] as number));
    const fields: OptionField[] = [[0, "byte", activationOf(r)]];
    const operator = { code, version: 2, options: [union, fields] as const, inputs: [0, 1], outputs: [2] };
    return { tensors: [a, b, y], operator };
  };

/** All 256 values once, so that one case tests a whole table. */
function unary(operator: Omit<FileOperator, "inputs" | "outputs">, x: FileTensor, y: FileTensor) {
  const shape = [1, 16, 16, 1];
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);
  return {
    tensors: [
      { ...x, shape },
      { ...y, shape },
    ],
    operator: { ...operator, inputs: [0], outputs: [1] },
    inputs: [every],
  };
}

const relu =
  (code: number, version: number): Make =>
  (r, type) => {
    const x = r.tensor(type, []);
    return unary({ code, version }, x, r.tensor(type, [], x.scale?.[0]));
  };

const leakyRelu: Make = (r, type) => {
  const x = r.tensor(type, []);
  const alpha = Math.fround(r.tidy ? r.random.pick([0.125, 0.25, 0.5, -0.5]) : r.random.next() * 1.5 - 0.3);
  const y = r.tensor(type, [], x.scale?.[0]);
  return unary({ code: 98, version: 2, options: [75, [[0, "float", alpha]]] }, x, y);
};

const hardSwish: Make = (r, type) => {
  const x = r.tensor(type, []);
  return unary({ code: 117, version: 1 }, x, r.tensor(type, [], (x.scale?.[0] as number) * 2));
};

const lut =
  (code: number, scale: number, zero: number): Make =>
  (r, type) => {
    const y = { type, shape: [], scale: [scale], zeroPoint: type === "INT8" ? zero : zero + 128 };
    return unary({ code, version: 2 }, r.tensor(type, []), y);
  };

const softmax: Make = (r, type) => {
  const shape = [r.random.integer(1, 4), r.random.integer(1, 40)];
  const x = r.tensor(type, shape);
  const beta = r.random.pick([1, 1, 0.5, Math.fround(1.3)]);
  const y = { type, shape, scale: [1 / 256], zeroPoint: type === "INT8" ? -128 : 0 };
  const operator = { code: 25, version: 2, options: [9, [[0, "float", beta]]] as const, inputs: [0], outputs: [1] };
  return { tensors: [x, y], operator };
};

const quantize: Make = (r, type) => {
  const y = r.tensor(type, [1, 8, 8, 4], 0.1);
  const step = y.scale?.[0] as number;
  // Half of them multiples of half a step, where the roundings part.
  const values = Float32Array.from({ length: 256 }, () =>
    r.random.integer(0, 1) === 0 ? (r.random.integer(-300, 300) / 2) * step : (r.random.next() - 0.5) * 300 * step,
  );
  const x: FileTensor = { type: "FLOAT32", shape: [1, 8, 8, 4] };
  const operator = { code: 114, version: 1, inputs: [0], outputs: [1] };
  return { tensors: [x, y], operator, inputs: [new Uint8Array(values.buffer)] };
};

const dequantize: Make = (r, type) => {
  const shape = [1, 16, 16, 1];
  return unary({ code: 6, version: 2 }, r.tensor(type, shape), { type: "FLOAT32", shape });
};

const requantize: Make = (r, type) => {
  const x = r.tensor(type, []);
  return unary({ code: 114, version: 1 }, x, r.tensor(type, [], x.scale?.[0]));
};

const requantizeAcross: Make = (r, type) => {
  const x = r.tensor(type, []);
  const other = type === "INT8" ? "UINT8" : "INT8";
  const y = r.tensor(other, [], x.scale?.[0]);
  if (r.random.integer(0, 1) === 0) return unary({ code: 114, version: 1 }, x, y);
  const zeroPoint = (x.zeroPoint as number) + (type === "INT8" ? 128 : -128);
  return unary({ code: 114, version: 1 }, x, { ...x, type: other, zeroPoint });
};

const concatenation: Make = (r, type) => {
  const image = r.image();
  const axis = r.random.integer(1, 3);
  const inputs = Array.from({ length: r.random.integer(2, 4) }, () =>
    r.tensor(
      type,
      image.map((d, i) => (i === axis ? r.random.integer(1, 5) : d)),
    ),
  );
  const total = inputs.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
  const y = { ...r.tensor(type, image), shape: image.map((d, i) => (i === axis ? total : d)) };
  const tensors = type === "INT8" ? inputs.map((x) => ({ ...y, shape: x.shape })) : inputs;
  const operator = {
    code: 2,
    version: 2,
    options: [10, [[0, "int", axis]]] as const,
    inputs: inputs.map((_, i) => i),
    outputs: [inputs.length],
  };
  return { tensors: [...tensors, y], operator };
};

const pad: Make = (r, type) => {
  const image = r.image();
  const padding = image.flatMap((_, i) => (i === 0 ? [0, 0] : [r.random.integer(0, 2), r.random.integer(0, 2)]));
  const x = r.tensor(type, image);
  const shape = image.map((d, i) => d + (padding[2 * i] as number) + (padding[2 * i + 1] as number));
  const operator = { code: 34, version: 2, options: [22, []] as const, inputs: [0, 1], outputs: [2] };
  return { tensors: [x, { ...int32(padding), shape: [4, 2] }, { ...x, shape }], operator };
};

const resize =
  (code: number, union: number, first: number): Make =>
  (r, type) => {
    const image = r.image();
    const size = [r.random.integer(1, 15), r.random.integer(1, 15)];
    const [align, half] = r.random.pick([
      [0, 0],
      [1, 0],
      [0, 1],
    ]) as [number, number];
    const x = r.tensor(type, image);
    const fields: OptionField[] = [
      [first, "byte", align],
      [first + 1, "byte", half],
    ];
    const operator = { code, version: 3, options: [union, fields] as const, inputs: [0, 1], outputs: [2] };
    return { tensors: [x, int32(size), { ...x, shape: [image[0] as number, ...size, image[3] as number] }], operator };
  };

const transposeConv: Make = (r, type) => {
  const image = r.image();
  const { padding, kH, kW, sH, sW } = windowOf(r, image);
  const grown = (size: number, k: number, s: number) =>
    padding === 1 ? (size - 1) * s + k : r.random.integer((size - 1) * s + 1, size * s);
  const size = [grown(image[1] as number, kH, sH), grown(image[2] as number, kW, sW)];
  const [inC, outC] = [image[3] as number, r.random.integer(1, 9)];
  const x = r.tensor(type, image);
  // tfjs-tflite's built-in kernel takes the scale of the first channel for all.
  const w = weightTensor(r, type, [outC, kH, kW, inC], 0, false);
  const shape = [image[0] as number, ...size, outC];
  const y = productOutput(r, type, shape, x, w, (kH * kW * inC) / (sH * sW));
  const fields: OptionField[] = [
    [0, "byte", padding],
    [1, "int", sW],
    [2, "int", sH],
  ];
  const operator = { code: 67, version: 3, options: [49, fields] as const, inputs: [0, 1, 2, 3], outputs: [4] };
  return { tensors: [int32(shape), w, x, biasTensor(r, outC, x, w), y], operator };
};

const prelu: Make = (r, type) => {
  const image = r.image();
  const x = r.tensor(type, image);
  const slope = { ...r.tensor(type, [1, 1, image[3] as number], 0.01), data: r.random.bytes(image[3] as number) };
  const operator = { code: 54, version: 1, inputs: [0, 1], outputs: [2] };
  return { tensors: [x, slope, r.tensor(type, image, x.scale?.[0])], operator };
};

/** MAXIMUM and MINIMUM: one scale and zero point for all. */
const extremum =
  (code: number): Make =>
  (r, type) => {
    const full = r.image();
    const a = r.tensor(type, full);
    const b = { ...a, shape: full.map((d) => (r.random.integer(0, 3) === 0 ? 1 : d)) };
    const operator = { code, version: 2, options: [39, []] as const, inputs: [0, 1], outputs: [2] };
    return { tensors: [a, b, a], operator };
  };

const reduce =
  (code: number): Make =>
  (r, type) => {
    const image = r.image();
    const axes = r.random.pick([[1, 2], [1], [2], [3], [1, 2, 3]]);
    const x = r.tensor(type, image);
    const shape = image.map((d, i) => (axes.includes(i) ? 1 : d));
    const operator = { code, version: 2, options: [27, [[0, "byte", 1]]] as const, inputs: [0, 1], outputs: [2] };
    const y = code === 74 ? r.tensor(type, shape, (x.scale?.[0] as number) * 4) : { ...x, shape };
    return { tensors: [x, int32(axes), y], operator };
  };

const table =
  (code: number, union: number, around: number, fields: readonly OptionField[] = []): Make =>
  (r, type) =>
    unary({ code, version: 2, options: [union, fields] }, r.tensor(type, [], 0.03), r.tensor(type, [], around));

const elu: Make = (r, type) => unary({ code: 111, version: 1 }, r.tensor(type, []), r.tensor(type, [], 0.03));

const MAKERS = {
  conv2d: conv,
  depthwise_conv2d: depthwise,
  fully_connected: fullyConnected,
  average_pool2d: pool(1),
  max_pool2d: pool(17),
  mean,
  add: pair(0, 11, (a, b) => a + b),
  sub: pair(41, 28, (a, b) => a + b),
  mul: pair(18, 21, (a, b) => a * b * 80),
  relu: relu(19, 2),
  relu6: relu(21, 2),
  relu_n1_to_1: relu(20, 1),
  leaky_relu: leakyRelu,
  hard_swish: hardSwish,
  logistic: lut(14, 1 / 256, -128),
  tanh: lut(28, 1 / 128, 0),
  softmax,
  quantize,
  dequantize,
  requantize,
  requantize_across: requantizeAcross,
  concatenation,
  pad,
  resize_bilinear: resize(23, 15, 2),
  resize_nearest: resize(97, 74, 0),
  transpose_conv: transposeConv,
  prelu,
  maximum: extremum(55),
  minimum: extremum(57),
  reduce_max: reduce(82),
  reduce_min: reduce(89),
  sum: reduce(74),
  exp: table(47, 33, 0.1),
  abs: table(101, 78, 0.02),
  elu,
  gelu: table(150, 116, 0.02),
} as const satisfies Record<string, Make>;

/** Operators that TFLite computes for int8 alone, and which tfjs-tflite does not have, or in another form. */
export const INT8_IN_LITERT: readonly string[] = ["sum", "exp", "abs", "elu", "gelu"];

export type RandomOp = keyof typeof MAKERS;
export const RANDOM_OPS = Object.keys(MAKERS) as RandomOp[];

export function randomModel(op: RandomOp, type: ByteFile, seed: number): RandomModel {
  const draw = new Draw(new Random(seed));
  const { tensors, operator, inputs } = (MAKERS[op] as Make)(draw, type);
  const fed = operator.inputs.filter((i) => tensors[i]?.data === undefined);
  return {
    model: { tensors, operators: [operator], inputs: fed, outputs: operator.outputs },
    inputs: inputs ?? fed.map((i) => draw.random.bytes(count((tensors[i] as FileTensor).shape))),
  };
}

const RESHAPE = { code: 22, version: 1 } as const;

/**
 * The same model with an operator beside it whose shape is only known when it runs. XNNPACK's delegate in tfjs-tflite
 * declines whole graphs with such tensors, so that TFLite's built-in kernels compute every node.
 */
export function withDynamicNeighbour({ model, inputs }: RandomModel): RandomModel {
  const { tensors, operators } = model;
  const source = model.inputs[0] as number;
  const x = tensors[source] as FileTensor;
  const elements = count(x.shape);
  const [size, copy] = [tensors.length, tensors.length + 1];
  return {
    model: {
      tensors: [...tensors, { type: "INT32", shape: [1] }, { ...x, shape: [elements] }],
      operators: [{ ...RESHAPE, inputs: [source, size], outputs: [copy] }, ...operators],
      inputs: [...model.inputs, size],
      outputs: [...model.outputs, copy],
    },
    inputs: [...inputs, new Uint8Array(Int32Array.of(elements).buffer)],
  };
}

/**
 * A mean with its axes as a model input, which XNNPACK's delegate declines in LiteRT too. The output's shape is then
 * unknown to the runtime; a reshape behind it makes it known again.
 */
export function withAxesAsInput({ model, inputs }: RandomModel): RandomModel {
  const [x, axes, y] = model.tensors as [FileTensor, FileTensor, FileTensor];
  return {
    model: {
      tensors: [x, { type: "INT32", shape: axes.shape }, y, int32(y.shape), y],
      operators: [...model.operators, { ...RESHAPE, inputs: [2, 3], outputs: [4] }],
      inputs: [0, 1],
      outputs: [4],
    },
    inputs: [...inputs, axes.data as Uint8Array],
  };
}
