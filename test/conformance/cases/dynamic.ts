/** Dynamic-range products: ranges per image and per pixel, register tile remainders, borders, and values no range holds. */
import { elementCount } from "../../../host/core/shape.js";
import { type Case, constant, float32, Random, singleNode } from "../case.js";
import type { ProductEdge } from "./product-edge.js";

/** A zero point of the weights only in "onnx". */
interface Edge extends ProductEdge {
  readonly values?: keyof typeof VALUES;
  /** Weights of −128, which some modules multiply in int16. */
  readonly lowest?: boolean;
}

type Draw = (random: Random, count: number) => Float32Array<ArrayBuffer>;

const of = (draw: (random: Random, i: number) => number): Draw => {
  return (random, count) => Float32Array.from({ length: count }, (_, i) => draw(random, i));
};

const SPECIALS = [0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -3e38, 1e-45];

const VALUES = {
  wide: of((random) => (random.next() - 0.4) * 8),
  positive: of((random) => random.next() * 5 + 1),
  negative: of((random) => -random.next() * 5 - 1),
  zero: of((_, i) => (i % 2 ? 0 : -0)),
  // Ranges of 255 steps of a power of two: every second value is a tie.
  ties: of((random, i) => (i === 0 ? -16 : i === 1 ? 15.875 : random.int(-256, 254) / 16)),
  nan: of((random, i) => (i % 3 === 0 ? Number.NaN : random.next() - 0.5)),
  huge: of((random) => (random.next() - 0.5) * 6.8e38),
  infinite: of((random, i) => (i % 5 === 2 ? Number.NEGATIVE_INFINITY : random.next())),
  tiny: of((random) => random.int(-3, 4) * 2 ** -149),
  subnormal: of((random) => (random.next() - 0.5) * 2 ** -124),
  specials: of((random) => SPECIALS[random.int(0, SPECIALS.length - 1)]!),
} as const satisfies Record<string, Draw>;

const SAME = [1, 1, 1, 1] as const;

const CONV: readonly Edge[] = [
  ...[1, 2, 7, 8, 9, 17, 33].map((cout) => ({ cout, cin: 5, h: 3, w: 3 })),
  ...[1, 2, 3, 4, 5, 8, 17].map((cin) => ({ cin, cout: 9, h: 2, w: 3 })),
  ...[1, 2, 3, 4, 5, 9, 37].map((w) => ({ h: 2, w, cin: 6, cout: 10, k: [3, 3] as const, pad: SAME })),
  { cin: 1, cout: 1, h: 3, w: 4 },
  { n: 3, cin: 4, cout: 5, h: 2, w: 3 },
  { n: 3, cin: 4, cout: 5, h: 4, w: 3, k: [2, 2] },
  { k: [3, 3], pad: [0, 0, 1, 1], s: [2, 2], cin: 3, cout: 10, h: 8, w: 8 },
  { k: [5, 3], pad: [2, 1, 2, 1], cin: 4, cout: 5, h: 4, w: 3 },
  { k: [10, 4], pad: [4, 1, 5, 2], s: [2, 2], cin: 1, cout: 64, h: 25, w: 10 },
  { k: [3, 3], d: [2, 2], pad: [2, 2, 2, 2], cin: 5, cout: 7, h: 7, w: 6 },
  { k: [2, 3], d: [1, 3], pad: [0, 3, 1, 3], cin: 8, cout: 16, h: 5, w: 5 },
  { k: [3, 3], d: [3, 1], pad: [3, 1, 3, 1], cin: 2, cout: 3, h: 4, w: 9 },
  { k: [1, 1], s: [2, 3], cin: 8, cout: 12, h: 5, w: 7 },
  { k: [7, 7], pad: [3, 3, 3, 3], cin: 2, cout: 4, h: 3, w: 3 },
  { k: [2, 2], d: [3, 3], pad: [2, 2, 2, 2], cin: 3, cout: 5, h: 1, w: 1 },
  { k: [3, 3], groups: 2, pad: SAME, cin: 6, cout: 8, h: 4, w: 4 },
  { k: [1, 1], groups: 3, cin: 9, cout: 51, h: 3, w: 2 },
  { k: [5, 5], cin: 7, cout: 13, h: 5, w: 5 },
  { act: "relu", k: [3, 3], pad: SAME },
  { act: "relu6", bias: false },
  { act: "relu_n1_to_1", perChannel: false },
  { lowest: true, cin: 33 },
  { lowest: true, cin: 16, k: [3, 3], pad: SAME },
];

const DEPTHWISE: readonly Edge[] = [
  ...[1, 3, 7, 8, 9, 16, 17].map((c) => ({ cin: c, cout: c, k: [3, 3] as const, pad: SAME })),
  { cin: 12, cout: 12, k: [2, 5], s: [2, 1], h: 9, w: 8 },
  { cin: 8, cout: 8, k: [3, 3], d: [2, 3], pad: [2, 3, 2, 3], h: 7, w: 7 },
  { n: 2, cin: 10, cout: 10, k: [3, 3], pad: SAME, act: "relu6" },
  { cin: 5, cout: 15, k: [2, 3], s: [2, 1], pad: [0, 1, 1, 1], d: [2, 1], h: 7 },
  { cin: 1, cout: 8, k: [3, 3], pad: SAME, bias: false, perChannel: false },
  { cin: 9, cout: 9, k: [3, 3], pad: SAME, lowest: true },
  { cin: 4, cout: 4, k: [2, 2], d: [3, 3], pad: [2, 2, 2, 2], h: 1, w: 1 },
];

const FULLY_CONNECTED: readonly Edge[] = [
  ...[1, 2, 15, 16, 17, 33].map((cout) => ({ cin: 10, cout, h: 1, w: 1 })),
  ...[1, 2, 3, 640].map((cin) => ({ cin, cout: 12, h: 1, w: 1 })),
  ...[2, 3, 5, 40].map((w) => ({ cin: 7, cout: 19, h: 1, w })),
  { cin: 31, cout: 9, h: 1, w: 3, lowest: true, act: "relu" },
];

const WITH_ZERO_POINT: readonly Edge[] = [
  { zw: -128, k: [3, 3], pad: SAME, n: 2 },
  { zw: 127, lowest: true },
  { zw: 5, op: "depthwise_conv2d", cin: 9, cout: 9, k: [3, 3], pad: SAME },
  { zw: -3, op: "fully_connected", cin: 33, cout: 9, h: 1, w: 5 },
  { zw: -3, op: "fully_connected", cin: 33, cout: 19, h: 1, w: 1, perChannel: false },
];

export function* dynamicCases(): Generator<Case> {
  let seed = 1;
  for (const edge of WITH_ZERO_POINT) yield makeCase({ numerics: "onnx", ...edge }, seed++);
  for (const numerics of ["xnnpack", "tflite", "onnx"] as const) {
    const profile = numerics === "xnnpack" ? {} : { numerics };
    for (const edge of CONV) yield makeCase({ op: "conv2d", ...edge, ...profile }, seed++);
    for (const edge of DEPTHWISE) yield makeCase({ op: "depthwise_conv2d", ...edge, ...profile }, seed++);
    for (const edge of FULLY_CONNECTED) yield makeCase({ op: "fully_connected", ...edge, ...profile }, seed++);
    for (const values of Object.keys(VALUES) as (keyof typeof VALUES)[]) {
      yield makeCase({ op: "conv2d", k: [3, 3], pad: SAME, values, ...profile }, seed++);
      yield makeCase({ op: "depthwise_conv2d", k: [3, 3], pad: SAME, cin: 9, cout: 9, values, ...profile }, seed++);
      yield makeCase({ op: "fully_connected", w: 9, h: 1, values, ...profile }, seed++);
    }
  }
}

function makeCase(edge: Edge, seed: number): Case {
  const { op = "conv2d", n = 1, h = 5, w = 6, cin = 12, cout = 20, k = [1, 1], groups = 1 } = edge;
  const { perChannel = true, numerics = "xnnpack", values = "wide" } = edge;
  const random = new Random(seed);
  const isDepthwise = op === "depthwise_conv2d";
  const isMatrix = op === "fully_connected";
  const shape = isMatrix ? [cout, cin] : isDepthwise ? [1, ...k, cout] : [cout, ...k, cin / groups];
  const axis = isDepthwise ? 3 : 0;
  const scale = Array.from({ length: perChannel ? cout : 1 }, () => Math.fround(0.002 + random.next() * 0.02));
  const weights = constant(
    {
      name: "weights",
      dtype: "int8",
      shape,
      quantization: { scale, zeroPoint: edge.zw ?? 0, ...(perChannel && { axis }) },
    },
    random.int8s(elementCount(shape), edge.lowest ? -128 : -127, edge.lowest ? -120 : 127),
  );
  const bias = edge.bias === false ? undefined : constant(float32("bias", [cout]), random.float32s(cout, -3, 3));
  const window = { stride: edge.s ?? [1, 1], dilation: edge.d ?? [1, 1], padding: edge.pad ?? [0, 0, 0, 0] };
  const common = { activation: edge.act ?? "none", unsigned: false, mode: "dynamic-range" };
  const attributes = isMatrix ? common : isDepthwise ? { ...window, ...common } : { ...window, groups, ...common };
  const input = float32("input", isMatrix ? [n * h * w, cin] : [n, h, w, cin]);
  return {
    id: `qd8_${op}(${Object.entries(edge)
      .filter(([key]) => key !== "op")
      .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join("x") : value}`)
      .join(",")})`,
    model: singleNode(op, [input, weights, bias], [float32("output", [])], attributes, numerics),
    inputs: [VALUES[values](random, elementCount(input.shape))],
  };
}
