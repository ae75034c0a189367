/** Transposed convolutions: strides with and without taps for every output, borders, groups, dilations that share factors. */
import type { Numerics, Tensor } from "../../../host/core/model.js";
import type { Activation } from "../../../host/core/op.js";
import { elementCount } from "../../../host/core/shape.js";
import { type Case, constant, float32, int8, Random, singleNode } from "../case.js";

interface Edge {
  readonly n?: number;
  readonly h?: number;
  readonly w?: number;
  /** Input and output channels. */
  readonly c?: readonly [number, number];
  readonly k: readonly [number, number];
  readonly s?: readonly [number, number];
  readonly d?: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly p?: readonly [number, number, number, number];
  /** Output padding. */
  readonly o?: readonly [number, number];
  readonly groups?: number;
  readonly activation?: Activation;
  readonly bias?: boolean;
}

const EDGES: readonly Edge[] = [
  { k: [1, 1] },
  { k: [1, 1], c: [33, 17], h: 5, w: 6 },
  { k: [3, 3], p: [1, 1, 1, 1] },
  { k: [3, 3], p: [2, 2, 2, 2], c: [8, 8], h: 6, w: 7 },
  { k: [2, 2], s: [2, 2] },
  { k: [2, 2], s: [2, 2], c: [16, 24], h: 5, w: 6, activation: "relu" },
  { k: [3, 3], s: [2, 2], p: [1, 1, 1, 1] },
  { k: [3, 3], s: [2, 2], p: [1, 1, 1, 1], o: [1, 1], c: [5, 9] },
  { k: [3, 3], s: [2, 2], p: [0, 0, 1, 1], c: [16, 16], h: 8, w: 9 },
  { k: [4, 4], s: [2, 2], p: [1, 1, 1, 1], c: [8, 3], n: 2, h: 6, w: 5 },
  { k: [5, 3], s: [3, 1], p: [2, 0, 1, 2], c: [7, 4] },
  { k: [2, 3], s: [4, 5], c: [3, 5] },
  { k: [2, 3], s: [4, 5], c: [3, 5], o: [3, 7], bias: false },
  { k: [1, 1], s: [3, 2], c: [4, 6], activation: "relu6" },
  { k: [3, 3], d: [2, 2], c: [3, 4] },
  { k: [3, 3], s: [2, 2], d: [2, 2], p: [1, 0, 3, 2], c: [4, 4], h: 4, w: 4 },
  { k: [4, 3], s: [4, 3], d: [2, 2], c: [3, 4], p: [5, 1, 0, 2] },
  { k: [3, 4], s: [2, 3], d: [3, 2], c: [3, 4], p: [6, 6, 1, 0], h: 5, w: 5 },
  { k: [4, 4], s: [2, 2], p: [3, 3, 3, 3], c: [12, 8], h: 7, w: 9 },
  { k: [3, 3], s: [2, 2], p: [1, 1, 1, 1], groups: 3, c: [6, 9] },
  { k: [4, 4], s: [2, 2], p: [1, 1, 1, 1], groups: 8, c: [8, 8] },
  { k: [9, 9], s: [1, 1], p: [4, 4, 4, 4], c: [4, 3], h: 6, w: 8 },
  { k: [3, 3], s: [2, 2], h: 1, w: 1, c: [10, 20] },
  { k: [2, 2], s: [16, 9], h: 2, w: 2, c: [2, 3], activation: "relu_n1_to_1" },
];

function label(edge: Edge): string {
  return Object.entries(edge)
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join("x") : value}`)
    .join(",");
}

function attributesOf({ s = [1, 1], d = [1, 1], p = [0, 0, 0, 0], o = [0, 0], groups = 1, activation = "none" }: Edge) {
  return { stride: s, dilation: d, padding: p, outputPadding: o, groups, activation };
}

function floatCase(edge: Edge, seed: number, values?: (count: number) => Float32Array<ArrayBuffer>): Case {
  const random = new Random(seed);
  const { n = 1, h = 3, w = 4, c = [6, 8], k, groups = 1 } = edge;
  // Values of very different magnitude, so that another order of the sum gives other bits.
  const data =
    values ?? ((count: number) => random.float32s(count).map((x, i) => Math.fround(x * 2 ** ((i * 7) % 23))));
  const input = float32("x", [n, h, w, c[0]]);
  const shape = [c[1], ...k, c[0] / groups];
  const weights = constant(float32("weights", shape), data(elementCount(shape)));
  const bias = edge.bias === false ? undefined : constant(float32("bias", [c[1]]), data(c[1]));
  const attributes = { ...attributesOf(edge), unsigned: false };
  return {
    id: `f32_transpose_conv(${label(edge)}${values ? ",special" : ""})`,
    model: singleNode("transpose_conv", [input, weights, bias], [float32("y", [])], attributes),
    inputs: [data(elementCount(input.shape))],
  };
}

interface Quantized {
  readonly numerics?: Numerics;
  readonly unsigned?: boolean;
  readonly za?: number;
  readonly zw?: number;
  readonly zy?: number;
  readonly tie?: boolean;
}

function quantizedCase(edge: Edge, seed: number, options: Quantized = {}): Case {
  const { n = 1, h = 3, w = 4, c = [6, 8], k, groups = 1 } = edge;
  const { numerics = "xnnpack", unsigned = false, za = 3, zw = 0, zy = -5, tie = false } = options;
  const random = new Random(seed);
  const shape = [c[1], ...k, c[0] / groups];
  const scale = () => (tie ? 2 ** -random.int(5, 8) : Math.fround(0.002 + random.next() * 0.02));
  const quantization =
    zw === 0
      ? { scale: Array.from({ length: c[1] }, scale), zeroPoint: 0, axis: 0 }
      : { scale: [scale()], zeroPoint: zw };
  const weights = { name: "weights", dtype: "int8" as const, shape, quantization };
  const values = random.int8s(elementCount(shape), zw === 0 ? -127 : -128, 127);
  const biases = Int32Array.from({ length: c[1] }, () => random.int(-9000, 9000));
  const inputs: (Tensor | undefined)[] = [
    int8("x", [n, h, w, c[0]], tie ? 2 ** -3 : 0.05, za),
    constant(weights, values),
    edge.bias === false ? undefined : constant({ name: "bias", dtype: "int32", shape: [c[1]] }, biases),
  ];
  const attributes = { ...attributesOf(edge), unsigned };
  const text = Object.entries(options).map(([key, value]) => `,${key}=${value}`);
  return {
    id: `qs8_transpose_conv(${label(edge)}${text.join("")})`,
    model: singleNode("transpose_conv", inputs, [int8("y", [], tie ? 2 ** -4 : 0.06, zy)], attributes, numerics),
    inputs: [random.int8s(n * h * w * c[0])],
  };
}

export function* transposeConvCases(): Generator<Case> {
  let seed = 1;
  for (const edge of EDGES) yield floatCase(edge, seed++);
  for (const edge of EDGES) yield quantizedCase(edge, seed++);
  const plain = EDGES[6]!;
  const random = new Random(5);
  const special = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN];
  yield floatCase(plain, seed, (count) => Float32Array.from({ length: count }, () => special[random.int(0, 6)]!));
  yield floatCase(EDGES[11]!, seed, (count) => Float32Array.from({ length: count }, () => special[random.int(0, 6)]!));
  for (const options of [
    { za: -128, zy: 127 },
    { za: 127, zy: -128 },
    { tie: true },
    { zw: -120, unsigned: true },
    { zw: 127, unsigned: true, numerics: "tflite" },
    { numerics: "onnx", tie: true },
    { numerics: "tflite" },
    { numerics: "tflite", tie: true },
    { numerics: "tflite", unsigned: true, tie: true },
  ] as const) {
    yield quantizedCase(plain, seed++, options);
    yield quantizedCase(EDGES[12]!, seed++, options);
    yield quantizedCase(EDGES[18]!, seed++, options);
  }
}
