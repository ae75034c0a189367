/** int16: products in one block and in several, register tile remainders, borders, both ends of the range, conversions. */
import type { Tensor, TensorType } from "../../../host/core/model.js";
import type { Activation } from "../../../host/core/op.js";
import { elementCount } from "../../../host/core/shape.js";
import { type Case, constant, float32, int8, Random, singleNode } from "../case.js";

interface Edge {
  readonly op?: "conv2d" | "depthwise_conv2d" | "fully_connected";
  readonly n?: number;
  readonly h?: number;
  readonly w?: number;
  readonly cin?: number;
  readonly cout?: number;
  readonly k?: readonly [number, number];
  readonly s?: readonly [number, number];
  readonly d?: readonly [number, number];
  readonly pad?: readonly [number, number, number, number];
  readonly groups?: number;
  readonly act?: Activation;
  readonly bias?: "none" | "large";
  readonly perChannel?: boolean;
  /** Weights and activations of the largest magnitude: sums that int32 does not hold. */
  readonly extreme?: boolean;
  readonly scale?: "ordinary" | "saturating" | "tie";
}

const SAME = [1, 1, 1, 1] as const;

const CONV: readonly Edge[] = [
  ...[1, 2, 7, 8, 9, 17].map((cout) => ({ cout, cin: 5, h: 3, w: 3 })),
  ...[1, 2, 3, 4, 17].map((cin) => ({ cin, cout: 9, h: 2, w: 3 })),
  ...[1, 2, 3, 4, 5, 37].map((w) => ({ h: 2, w, cin: 6, cout: 10, k: [3, 3] as const, pad: SAME })),
  { n: 3, cin: 4, cout: 5, h: 2, w: 3 },
  { n: 3, cin: 4, cout: 5, h: 4, w: 3, k: [2, 2] },
  { n: 2, cin: 4, cout: 5, h: 4, w: 3, k: [2, 2], pad: [1, 0, 0, 1] },
  { k: [3, 3], pad: [0, 0, 1, 1], s: [2, 2], cin: 3, cout: 10, h: 8, w: 8 },
  { k: [3, 3], d: [2, 2], pad: [2, 2, 2, 2], cin: 5, cout: 7, h: 7, w: 6 },
  { k: [2, 3], d: [1, 3], pad: [0, 3, 1, 3], cin: 8, cout: 16, h: 5, w: 5 },
  { k: [1, 1], s: [2, 3], cin: 8, cout: 12, h: 5, w: 7 },
  { k: [3, 3], groups: 2, pad: SAME, cin: 6, cout: 8, h: 4, w: 4 },
  { k: [1, 1], groups: 3, cin: 9, cout: 51, h: 3, w: 2 },
  { act: "relu", k: [3, 3], pad: SAME },
  { act: "relu6", bias: "none" },
  { act: "relu_n1_to_1", perChannel: false },
  { bias: "large" },
  { scale: "saturating" },
  { scale: "tie", bias: "none" },
  { extreme: true, cin: 512, cout: 9, h: 1, w: 5 },
  { extreme: true, cin: 1100, cout: 3, h: 2, w: 1 },
  { extreme: true, cin: 64, cout: 9, k: [3, 3], pad: SAME, h: 3, w: 3 },
  { extreme: true, cin: 300, cout: 5, k: [2, 2], d: [1, 2], h: 3, w: 4 },
];

const DEPTHWISE: readonly Edge[] = [
  ...[1, 3, 7, 8, 9, 17].map((c) => ({ cin: c, cout: c, k: [3, 3] as const, pad: SAME })),
  { cin: 12, cout: 12, k: [2, 5], s: [2, 1], h: 9, w: 8 },
  { cin: 8, cout: 8, k: [3, 3], d: [2, 3], pad: [2, 3, 2, 3], h: 7, w: 7, act: "relu6" },
  { n: 2, cin: 10, cout: 10, k: [3, 3], pad: SAME, extreme: true },
  { cin: 5, cout: 15, k: [2, 3], s: [2, 1], pad: [0, 1, 1, 1], d: [2, 1], h: 7 },
  { cin: 2, cout: 2, k: [23, 22], h: 24, w: 23, extreme: true },
];

const FULLY_CONNECTED: readonly Edge[] = [
  ...[1, 15, 16, 33].map((cout) => ({ cin: 10, cout, h: 1, w: 1 })),
  ...[1, 2, 3, 640].map((cin) => ({ cin, cout: 12, h: 1, w: 1 })),
  ...[2, 3, 5, 40].map((w) => ({ cin: 7, cout: 19, h: 1, w })),
  { cin: 2000, cout: 9, h: 1, w: 1, extreme: true },
  { cin: 700, cout: 9, h: 1, w: 3, extreme: true, act: "relu", bias: "large" },
  { cin: 33, cout: 9, h: 1, w: 3, scale: "tie", perChannel: false },
];

function int16(name: string, shape: readonly number[], scale: number): TensorType {
  return { name, dtype: "int16", shape, quantization: { scale: [Math.fround(scale)], zeroPoint: 0 } };
}

/** Uniform; one in sixteen is an end of the range. */
function int16s(random: Random, count: number): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length: count }, () =>
    random.next() < 1 / 16 ? (random.next() < 0.5 ? -32768 : 32767) : random.int(-32768, 32767),
  );
}

export function* wideCases(): Generator<Case> {
  let seed = 1;
  for (const edge of CONV) yield product({ op: "conv2d", ...edge }, seed++);
  for (const edge of DEPTHWISE) yield product({ op: "depthwise_conv2d", ...edge }, seed++);
  for (const edge of FULLY_CONNECTED) yield product({ op: "fully_connected", ...edge }, seed++);
  yield* pairs();
  yield* pools();
  yield* conversions();
  yield* moves();
}

function product(edge: Edge, seed: number): Case {
  const { op = "conv2d", n = 1, h = 5, w = 6, cin = 12, cout = 20, k = [1, 1], groups = 1, perChannel = true } = edge;
  const random = new Random(seed);
  const isDepthwise = op === "depthwise_conv2d";
  const isMatrix = op === "fully_connected";
  const shape = isMatrix ? [cout, cin] : isDepthwise ? [1, ...k, cout] : [cout, ...k, cin / groups];
  const depth = elementCount(shape) / cout;
  const isTie = edge.scale === "tie";
  const scale = Array.from({ length: perChannel ? cout : 1 }, () =>
    isTie ? 2 ** -random.int(5, 8) : Math.fround(0.002 + random.next() * 0.02),
  );
  const data = edge.extreme
    ? Int8Array.from({ length: elementCount(shape) }, (_, i) => (i % 7 === 0 ? 127 : -128))
    : random.int8s(elementCount(shape));
  const axis = isDepthwise ? 3 : 0;
  const weights = constant(
    { name: "weights", dtype: "int8", shape, quantization: { scale, zeroPoint: 0, ...(perChannel && { axis }) } },
    data,
  );
  const largest = edge.bias === "large" ? 2 ** 45 : 2 ** 30;
  const bias =
    edge.bias === "none"
      ? undefined
      : constant(
          { name: "bias", dtype: "int64", shape: [cout] },
          BigInt64Array.from({ length: cout }, () => BigInt(Math.round((random.next() - 0.5) * largest))),
        );
  const window = { stride: edge.s ?? [1, 1], dilation: edge.d ?? [1, 1], padding: edge.pad ?? [0, 0, 0, 0] };
  const common = { activation: edge.act ?? "none", unsigned: false };
  const attributes = isMatrix ? common : isDepthwise ? { ...window, ...common } : { ...window, groups, ...common };
  const sx = 2 ** -14;
  const sy = { ordinary: sx * 0.4 * Math.sqrt(depth), saturating: sx / 16, tie: sx }[edge.scale ?? "ordinary"];
  const input = int16("input", isMatrix ? [n * h * w, cin] : [n, h, w, cin], sx);
  const count = elementCount(input.shape);
  return {
    id: `qs16_${op}(${Object.entries(edge)
      .filter(([key]) => key !== "op")
      .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join("x") : value}`)
      .join(",")})`,
    model: singleNode(op, [input, weights, bias], [int16("output", [], sy)], attributes, "tflite"),
    inputs: [
      edge.extreme
        ? Int16Array.from({ length: count }, (_, i) => (i % 5 === 0 ? 32767 : -32768))
        : int16s(random, count),
    ],
  };
}

function* pairs(): Generator<Case> {
  const random = new Random(5);
  const shapes: readonly (readonly [readonly number[], readonly number[]])[] = [
    [[1], [1]],
    [
      [2, 1025],
      [2, 1025],
    ],
    [[3, 5, 7], [7]],
    [
      [3, 1, 7],
      [1, 5, 1],
    ],
    [
      [1, 1, 1, 4],
      [2, 3, 3, 4],
    ],
    [
      [9, 1],
      [9, 1030],
    ],
  ];
  for (const op of ["add", "sub", "mul"] as const) {
    for (const [a, b] of shapes) {
      for (const [sa, sb, sy, activation] of [
        [2 ** -15, 0.00007, 0.0001, "none"],
        [0.0003, 0.0001, 0.00002, "relu6"],
      ] as const) {
        const attributes = { activation, unsigned: false };
        const output = int16("y", [], op === "mul" ? sa * sb * 20000 : sy);
        yield {
          id: `qs16_${op}(${a.join("x")},${b.join("x")},${activation})`,
          model: singleNode(op, [int16("a", a, sa), int16("b", b, sb)], [output], attributes, "tflite"),
          inputs: [int16s(random, elementCount(a)), int16s(random, elementCount(b))],
        };
      }
    }
  }
}

function* pools(): Generator<Case> {
  const random = new Random(6);
  for (const op of ["average_pool2d", "max_pool2d"] as const) {
    for (const [shape, filter, stride, padding, activation] of [
      [[1, 5, 7, 3], [3, 3], [2, 2], [1, 1, 1, 1], "none"],
      [[2, 4, 4, 17], [4, 4], [1, 1], [0, 0, 0, 0], "relu"],
      [[1, 6, 5, 1], [2, 3], [1, 2], [0, 1, 1, 1], "relu_n1_to_1"],
    ] as const) {
      const attributes = { filter, stride, padding, activation, unsigned: false };
      yield {
        id: `qs16_${op}(${shape.join("x")},${filter.join("x")},${activation})`,
        model: singleNode(op, [int16("x", shape, 0.0001)], [int16("y", [], 0.0001)], attributes, "tflite"),
        inputs: [int16s(random, elementCount(shape))],
      };
    }
  }
}

function* conversions(): Generator<Case> {
  const random = new Random(7);
  const make = (
    op: string,
    id: string,
    input: Tensor,
    output: TensorType,
    attributes: object,
    data: Case["inputs"][0],
  ) => ({
    id: `qs16_${op}(${id})`,
    model: singleNode(op, [input], [output], { ...attributes }, "tflite"),
    inputs: [data],
  });
  for (const n of [1, 3, 1025]) {
    const reals = Float32Array.from({ length: n }, (_, i) =>
      i % 9 === 4
        ? Number.NaN
        : i % 9 === 5
          ? 3e38
          : i % 9 === 6
            ? Number.NEGATIVE_INFINITY
            : (random.next() - 0.5) * 8.5,
    );
    yield make("quantize", `n=${n}`, float32("x", [n]), int16("y", [], 0.0001), {}, reals);
    const ties = Float32Array.from({ length: n }, () => random.int(-70000, 70000) / 2 ** 15);
    yield make("quantize", `n=${n},ties`, float32("x", [n]), int16("y", [], 2 ** -14), {}, ties);
    const wide = int16("x", [n], 0.0003);
    yield make("dequantize", `n=${n}`, wide, float32("y", []), {}, int16s(random, n));
    const profile = { arithmetic: "profile" };
    for (const scale of [0.0001, 2 ** -12, 0.02]) {
      yield make("requantize", `n=${n},to=${scale}`, wide, int16("y", [], scale), profile, int16s(random, n));
    }
    yield make("requantize", `n=${n},int8`, wide, int8("y", [], 0.07, 3), profile, int16s(random, n));
    yield make(
      "requantize",
      `n=${n},from=int8`,
      int8("x", [n], 0.02, -7),
      int16("y", [], 2 ** -13),
      profile,
      random.int8s(n),
    );
    for (const activation of ["relu", "relu6"]) {
      yield make("relu", `n=${n},${activation}`, wide, int16("y", [], 0.0002), { activation }, int16s(random, n));
    }
  }
}

function* moves(): Generator<Case> {
  const random = new Random(8);
  const type = (name: string, shape: readonly number[]) => int16(name, shape, 0.0001);
  const make = (
    op: string,
    shapes: readonly (readonly number[])[],
    attributes: Record<string, unknown>,
    outputs = 1,
  ): Case => ({
    id: `x16_${op}(${shapes.map((shape) => shape.join("x")).join(",")})`,
    model: singleNode(
      op,
      shapes.map((shape, i) => type(`x${i}`, shape)),
      Array.from({ length: outputs }, (_, i) => type(`y${i}`, [])),
      attributes as never,
      "tflite",
    ),
    inputs: shapes.map((shape) => int16s(random, elementCount(shape))),
  });
  yield make("pad", [[2, 3, 5]], { padding: [1, 0, 0, 2, 3, 1] });
  yield make("reshape", [[2, 3, 5]], { shape: [6, 5] });
  yield make(
    "concatenation",
    [
      [2, 3, 5],
      [2, 3, 1],
      [2, 3, 4],
    ],
    { axis: 2 },
  );
  yield make("slice", [[4, 5, 6]], { begin: [1, 0, 2], size: [2, 5, 3], stride: [1, 1, 1] });
  yield make("slice", [[4, 5, 6]], { begin: [1, 0, 1], size: [2, 3, 3], stride: [1, 2, 2] });
  yield make("split", [[2, 9]], { axis: 1, sizes: [2, 3, 4] }, 3);
  yield make("transpose", [[2, 5, 3]], { permutation: [2, 0, 1] });
  yield make("transpose", [[1, 4, 6, 5]], { permutation: [0, 3, 1, 2] });
}
