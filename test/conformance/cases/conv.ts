import type { Tensor } from "../../../host/core/model.js";
import { type Case, constant, int8, Random, singleNode } from "../case.js";
import type { ProductEdge } from "./product-edge.js";

/** One int8 convolution to try; absent fields are the plain case. */
interface Edge extends ProductEdge {
  readonly za?: number;
  readonly zy?: number;
  readonly scale?: "ordinary" | "tie" | "saturating" | "wrapping";
  readonly kernels?: "reference" | "micro";
  /** The sums themselves, int32. */
  readonly sums?: boolean;
  readonly unsigned?: boolean;
  readonly extreme?: boolean;
}

/** Edges of the register tiles: m and n around 1, 2, 4, 8, 16; depth around 2; windows over borders. */
const CONV: readonly Edge[] = [
  ...[1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 25, 33].map((cout) => ({ cout, cin: 5, h: 3, w: 3 })),
  ...[1, 2, 3, 4, 7, 16, 17].map((cin) => ({ cin, cout: 9, h: 2, w: 3 })),
  ...[1, 2, 3, 4, 5, 11].map((w) => ({ h: 1, w, cin: 6, cout: 20 })),
  { k: [3, 3], pad: [1, 1, 1, 1], cin: 3, cout: 8, h: 6, w: 5 },
  { k: [3, 3], pad: [0, 0, 1, 1], s: [2, 2], cin: 3, cout: 10, h: 8, w: 8 },
  { k: [3, 3], pad: [1, 1, 1, 1], cin: 16, cout: 16, h: 5, w: 7 },
  // 2×2 outputs at a time: odd and even sizes, one row of blocks and several, weights of 9 bits, extremes.
  ...[7, 8, 9].flatMap((h) =>
    [8, 13].map((w) => ({ k: [3, 3] as const, pad: [1, 1, 1, 1] as const, cin: 16, cout: 32, h, w })),
  ),
  { k: [3, 3], pad: [0, 0, 0, 0], cin: 24, cout: 16, h: 12, w: 11, za: -128 },
  { n: 2, k: [3, 3], pad: [2, 1, 0, 2], cin: 16, cout: 16, h: 9, w: 10, za: 127, act: "relu" },
  { k: [3, 3], pad: [1, 1, 1, 1], cin: 64, cout: 16, h: 8, w: 8, extreme: true, scale: "saturating" },
  {
    k: [3, 3],
    pad: [1, 1, 1, 1],
    cin: 32,
    cout: 16,
    h: 8,
    w: 9,
    extreme: true,
    zw: -128,
    unsigned: true,
    perChannel: false,
  },
  { k: [5, 3], pad: [2, 1, 2, 1], cin: 4, cout: 5, h: 4, w: 3 },
  { k: [10, 4], pad: [4, 1, 5, 2], s: [2, 2], cin: 1, cout: 64, h: 25, w: 10 },
  { k: [3, 3], d: [2, 2], pad: [2, 2, 2, 2], cin: 5, cout: 7, h: 7, w: 6 },
  { k: [2, 3], d: [1, 3], pad: [0, 3, 1, 3], cin: 8, cout: 16, h: 5, w: 5 },
  { k: [3, 3], d: [3, 1], pad: [3, 1, 3, 1], cin: 2, cout: 3, h: 4, w: 9 },
  { k: [1, 1], s: [2, 2], cin: 8, cout: 12, h: 5, w: 5 },
  { k: [1, 1], s: [3, 2], pad: [0, 0, 0, 0], cin: 3, cout: 4, h: 7, w: 5 },
  { k: [7, 7], pad: [3, 3, 3, 3], cin: 2, cout: 4, h: 3, w: 3 },
  { k: [3, 3], groups: 2, pad: [1, 1, 1, 1], cin: 6, cout: 8, h: 4, w: 4 },
  { k: [1, 1], groups: 3, cin: 9, cout: 51, h: 3, w: 2 },
  { k: [3, 2], groups: 4, pad: [1, 0, 1, 1], d: [1, 2], cin: 4, cout: 4, h: 5, w: 5 },
  { n: 3, k: [3, 3], pad: [1, 1, 1, 1], cin: 4, cout: 6, h: 3, w: 4 },
  { n: 2, cin: 7, cout: 18, h: 2, w: 2 },
  { cin: 600, cout: 18, h: 2, w: 5 },
  { cin: 24, cout: 16, h: 12, w: 40 },
  { za: -128 },
  { za: 127, k: [3, 3], pad: [1, 1, 1, 1] },
  { zy: -128, act: "relu" },
  { zy: 127, act: "relu6" },
  { act: "relu_n1_to_1" },
  { bias: false },
  { perChannel: false },
  { scale: "tie" },
  { scale: "saturating" },
  { extreme: true, cin: 64, cout: 17 },
  { extreme: true, scale: "saturating", bias: false },
  { scale: "wrapping" },
  { scale: "wrapping", k: [3, 3], pad: [1, 1, 1, 1], za: -128, zy: 127 },
  { scale: "wrapping", zw: 11, unsigned: true, perChannel: false },
  { zw: -120, unsigned: true, perChannel: false, k: [3, 3], pad: [1, 1, 1, 1] },
  { zw: 127, unsigned: true, perChannel: false, extreme: true, cin: 33 },
];

const FIXED: readonly Edge[] = [
  { numerics: "tflite" },
  { numerics: "tflite", scale: "tie", k: [3, 3], pad: [1, 1, 1, 1], cin: 3 },
  { numerics: "tflite", scale: "saturating", cout: 17 },
  { numerics: "tflite", scale: "wrapping" },
  { numerics: "tflite", scale: "wrapping", zy: 127, unsigned: true },
  { numerics: "tflite", unsigned: true, zw: 11, perChannel: false, scale: "tie" },
  { numerics: "tflite", groups: 2, cin: 6, cout: 10, k: [2, 2], act: "relu6" },
  { numerics: "tflite", op: "fully_connected", cin: 31, cout: 7, scale: "tie", perChannel: false },
  { numerics: "tflite", op: "fully_connected", cin: 31, cout: 7, scale: "tie" },
  { numerics: "tflite", op: "depthwise_conv2d", k: [3, 3], pad: [1, 1, 1, 1], cin: 9, cout: 9, scale: "tie" },
  { numerics: "tflite", op: "depthwise_conv2d", k: [3, 3], pad: [1, 1, 1, 1], cin: 1, cout: 1 },
  { op: "depthwise_conv2d", k: [3, 3], pad: [1, 1, 1, 1], cin: 1, cout: 1, scale: "wrapping" },
  {
    numerics: "tflite",
    op: "depthwise_conv2d",
    k: [3, 3],
    pad: [1, 1, 1, 1],
    cin: 3,
    cout: 12,
    unsigned: true,
    perChannel: false,
  },
];

/** TFLite's reference kernels and TFLite Micro's. */
const KERNELS: readonly Edge[] = [
  { kernels: "reference" },
  { kernels: "reference", scale: "tie", k: [3, 3], pad: [1, 1, 1, 1], cin: 3 },
  { kernels: "reference", scale: "wrapping", groups: 2, cin: 6, cout: 10, zy: 127 },
  ...(["reference", "micro"] as const).flatMap((kernels): Edge[] => [
    ...[1, 7, 8, 9, 16, 31, 640].map((cin) => ({ kernels, op: "fully_connected", cin, cout: 5, h: 1, w: 3 }) as const),
    { kernels, op: "fully_connected", cin: 31, cout: 7, scale: "tie", perChannel: false },
    { kernels, op: "fully_connected", cin: 33, cout: 17, scale: "tie", za: -128, zy: -128, act: "relu6" },
    { kernels, op: "fully_connected", cin: 12, cout: 6, scale: "saturating", bias: false },
    { kernels, op: "fully_connected", cin: 12, cout: 6, scale: "wrapping", za: 127, zy: 127 },
    { kernels, op: "fully_connected", cin: 12, cout: 6, zw: -77, perChannel: false, extreme: true },
  ]),
];

const DEPTHWISE: readonly Edge[] = [
  ...[1, 3, 7, 8, 9, 16, 17, 40].map((c) => ({ cin: c, cout: c, k: [3, 3] as const, pad: [1, 1, 1, 1] as const })),
  ...(
    [
      [1, 1],
      [1, 3],
      [2, 2],
      [3, 1],
      [5, 5],
      [7, 3],
      [4, 4],
    ] as const
  ).map((k) => ({ cin: 12, cout: 12, k, h: 9, w: 8 })),
  { cin: 8, cout: 8, k: [3, 3], s: [2, 2], pad: [0, 0, 1, 1], h: 8, w: 10 },
  { cin: 11, cout: 11, k: [3, 3], s: [2, 2], pad: [0, 0, 1, 1], h: 5, w: 18 },
  { cin: 16, cout: 16, k: [3, 3], s: [2, 2], pad: [1, 1, 1, 1], h: 4, w: 15 },
  { cin: 24, cout: 24, k: [3, 3], s: [2, 1], pad: [1, 1, 1, 1], h: 7, w: 5 },
  { cin: 16, cout: 16, k: [3, 3], s: [5, 4], h: 14, w: 13 },
  { cin: 8, cout: 8, k: [5, 5], s: [2, 2], pad: [2, 2, 2, 2], h: 7, w: 7 },
  { cin: 8, cout: 8, k: [3, 3], d: [2, 2], pad: [2, 2, 2, 2], h: 7, w: 7 },
  { cin: 9, cout: 9, k: [3, 2], d: [1, 3], pad: [1, 0, 1, 3], h: 5, w: 6 },
  { cin: 8, cout: 8, k: [3, 3], pad: [1, 1, 1, 1], h: 1, w: 1 },
  { cin: 8, cout: 8, k: [3, 3], pad: [2, 2, 2, 2], h: 2, w: 1 },
  { n: 2, cin: 10, cout: 10, k: [3, 3], pad: [1, 1, 1, 1] },
  { n: 2, cin: 4, cout: 4, k: [5, 3], s: [2, 3], pad: [1, 0, 2, 1], h: 9, w: 9 },
  { cin: 16, cout: 16, k: [3, 3], pad: [1, 1, 1, 1], za: -128, zy: -128, act: "relu6" },
  { cin: 16, cout: 16, k: [3, 3], pad: [1, 1, 1, 1], za: 127, scale: "tie" },
  { cin: 16, cout: 16, k: [3, 3], pad: [1, 1, 1, 1], extreme: true, scale: "saturating", bias: false },
  { cin: 16, cout: 16, k: [3, 3], pad: [1, 1, 1, 1], zw: 90, unsigned: true, perChannel: false, extreme: true },
  { cin: 16, cout: 16, k: [3, 3], pad: [1, 1, 1, 1], scale: "wrapping" },
  // Two rows at a time: odd and even heights, one row, both strides, every combination of padding, weights of 9 bits.
  ...[1, 2, 3, 4, 7].flatMap((h) =>
    (
      [
        [1, 1],
        [2, 2],
      ] as const
    ).map((s) => ({ cin: 11, cout: 11, k: [3, 3] as const, s, pad: [1, 1, 1, 1] as const, h, w: h + 2 })),
  ),
  ...(
    [
      [0, 0, 0, 0],
      [0, 1, 0, 0],
      [1, 0, 0, 1],
      [2, 1, 2, 1],
      [0, 0, 1, 1],
    ] as const
  ).flatMap((pad) =>
    (
      [
        [1, 1],
        [2, 2],
      ] as const
    ).flatMap((s) => [4, 5].map((w) => ({ n: 2, cin: 8, cout: 8, k: [3, 3] as const, s, pad, h: 5, w, za: 7 }))),
  ),
  ...(
    [
      [1, 1],
      [2, 2],
    ] as const
  ).flatMap((s) =>
    [90, -128, 127].map((zw) => {
      return {
        cin: 20,
        cout: 20,
        k: [3, 3] as const,
        s,
        pad: [1, 1, 1, 1] as const,
        zw,
        unsigned: true,
        perChannel: false,
      };
    }),
  ),
  { cin: 1, cout: 8, k: [3, 3], pad: [1, 1, 1, 1] },
  { cin: 3, cout: 6, k: [3, 3], pad: [1, 1, 1, 1] },
  { cin: 5, cout: 15, k: [2, 3], s: [2, 1], pad: [0, 1, 1, 1], d: [2, 1], h: 7 },
];

const FULLY_CONNECTED: readonly Edge[] = [
  ...[1, 2, 15, 16, 17, 33].map((cout) => ({ cin: 10, cout, h: 1, w: 1 })),
  ...[1, 2, 3, 640].map((cin) => ({ cin, cout: 12, h: 1, w: 1 })),
  ...[2, 3, 5].map((w) => ({ cin: 7, cout: 19, h: 1, w })),
  { cin: 16, cout: 16, h: 1, w: 1, act: "relu", za: -128, zy: -128 },
  { cin: 16, cout: 9, h: 1, w: 1, zw: -77, unsigned: true, perChannel: false },
  { cin: 2000, cout: 3, h: 1, w: 1, extreme: true, scale: "saturating" },
];

/** What differs from "xnnpack" is the clamp, and that outputs may be int32. */
const ONNX: readonly Edge[] = [
  { act: "relu" },
  { act: "relu6", zy: 100, k: [3, 3], pad: [1, 1, 1, 1], scale: "tie" },
  { act: "relu_n1_to_1", unsigned: true },
  { zw: -120, unsigned: true, perChannel: false, k: [3, 3], pad: [1, 1, 1, 1] },
  { op: "depthwise_conv2d", k: [3, 3], pad: [1, 1, 1, 1], cin: 9, cout: 9, scale: "tie" },
  { op: "fully_connected", cin: 31, cout: 7, scale: "tie", h: 1, w: 1 },
];

const SUMS: readonly Edge[] = [
  ...[1, 7, 8, 9, 17].map((cout) => ({ cout, cin: 5, h: 3, w: 3 })),
  { n: 3, k: [3, 3], pad: [1, 1, 1, 1], cin: 4, cout: 6, za: -128 },
  { k: [3, 3], pad: [0, 0, 1, 1], s: [2, 2], cin: 3, cout: 10, h: 8, w: 8, za: 127 },
  { k: [2, 3], d: [1, 3], pad: [0, 3, 1, 3], cin: 8, cout: 16 },
  { k: [3, 3], groups: 2, pad: [1, 1, 1, 1], cin: 6, cout: 8, h: 4, w: 4 },
  { k: [10, 4], pad: [4, 1, 5, 2], s: [2, 2], cin: 1, cout: 64, h: 25, w: 10 },
  { zw: -120, perChannel: false, k: [3, 3], pad: [1, 1, 1, 1] },
  { zw: 127, perChannel: false, extreme: true, cin: 33 },
  { extreme: true, cin: 64, cout: 17, za: -128 },
  ...[1, 3, 8, 17].map((c) => ({
    op: "depthwise_conv2d" as const,
    cin: c,
    cout: c,
    k: [3, 3] as const,
    pad: [1, 1, 1, 1] as const,
    za: -100,
  })),
  { op: "depthwise_conv2d", n: 2, cin: 5, cout: 15, k: [2, 3], s: [2, 1], pad: [0, 1, 1, 1], d: [2, 1], h: 7 },
  { op: "depthwise_conv2d", cin: 9, cout: 9, k: [3, 3], pad: [1, 1, 1, 1], zw: 90, perChannel: false },
  ...[1, 2, 640].map((cin) => ({ op: "fully_connected" as const, cin, cout: 12, h: 1, w: 1 })),
  ...[2, 5, 40].map((w) => ({ op: "fully_connected" as const, cin: 7, cout: 19, h: 1, w })),
  { op: "fully_connected", cin: 16, cout: 9, h: 1, w: 3, zw: -77, perChannel: false },
];

export function* convCases(): Generator<Case> {
  let seed = 1;
  for (const edge of CONV) yield makeCase({ op: "conv2d", ...edge }, seed++);
  for (const edge of DEPTHWISE) yield makeCase({ op: "depthwise_conv2d", ...edge }, seed++);
  for (const edge of FULLY_CONNECTED) yield makeCase({ op: "fully_connected", ...edge }, seed++);
  for (const edge of FIXED) yield makeCase({ op: "conv2d", ...edge }, seed++);
  for (const edge of KERNELS) yield makeCase({ op: "conv2d", numerics: "tflite", ...edge }, seed++);
  for (const edge of ONNX) yield makeCase({ op: "conv2d", numerics: "onnx", ...edge }, seed++);
  for (const edge of SUMS) {
    for (const bias of [false, true]) {
      yield makeCase({ op: "conv2d", numerics: "onnx", sums: true, bias, ...edge }, seed++);
    }
  }
}

function makeCase(edge: Edge, seed: number): Case {
  const { op = "conv2d", n = 1, h = 5, w = 6, cin = 12, cout = 20, k = [1, 1], groups = 1 } = edge;
  const { za = 3, zw = 0, zy = -5, perChannel = true, bias = true, numerics = "xnnpack", unsigned = false } = edge;
  const random = new Random(seed);
  const isDepthwise = op === "depthwise_conv2d";
  const isMatrix = op === "fully_connected";
  const shape = isMatrix ? [cout, cin] : isDepthwise ? [1, ...k, cout] : [cout, ...k, cin / groups];
  const depth = isMatrix ? cin : isDepthwise ? k[0] * k[1] : (k[0] * k[1] * cin) / groups;
  const count = shape.reduce((a, b) => a * b, 1);
  const weights = edge.extreme
    ? Int8Array.from({ length: count }, () => (random.next() < 0.5 ? (zw === 0 ? -127 : -128) : 127))
    : random.int8s(count, zw === 0 ? -127 : -128, 127);
  // Powers of two make ties, and with factors up to 2^29 sums that are −2^31.
  const isPower = edge.scale === "tie" || edge.scale === "wrapping";
  const weightScale = () => (isPower ? 2 ** -random.int(5, 8) : Math.fround(0.002 + random.next() * 0.02));
  const scales = Array.from({ length: perChannel ? cout : 1 }, weightScale);
  const outputScales = { saturating: 2 ** -9, tie: 2 ** -4, wrapping: 2 ** -37, ordinary: 0.01 * Math.sqrt(depth) };
  const sy = outputScales[edge.scale ?? "ordinary"];
  const axis = isDepthwise ? 3 : 0;
  const inputs: (Tensor | undefined)[] = [
    int8("input", isMatrix ? [n * h * w, cin] : [n, h, w, cin], isPower ? 2 ** -3 : 0.05, za),
    constant(
      {
        name: "weights",
        dtype: "int8",
        shape,
        quantization: { scale: scales, zeroPoint: zw, ...(perChannel && { axis }) },
      },
      weights,
    ),
    bias
      ? constant(
          { name: "bias", dtype: "int32", shape: [cout] },
          Int32Array.from({ length: cout }, () => random.int(-9000, 9000)),
        )
      : undefined,
  ];
  const window = { stride: edge.s ?? [1, 1], dilation: edge.d ?? [1, 1], padding: edge.pad ?? [0, 0, 0, 0] };
  const common = { activation: edge.act ?? "none", unsigned, ...(edge.kernels && { kernels: edge.kernels }) };
  const attributes = isMatrix ? common : isDepthwise ? { ...window, ...common } : { ...window, groups, ...common };
  const output = edge.sums
    ? { name: "output", dtype: "int32" as const }
    : { name: "output", dtype: "int8" as const, quantization: { scale: [Math.fround(sy)], zeroPoint: zy } };
  return {
    id: `qs8_${op}(${Object.entries(edge)
      .filter(([key]) => key !== "op")
      .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join("x") : value}`)
      .join(",")})`,
    model: singleNode(op, inputs, [output], attributes, numerics),
    inputs: [random.int8s(n * h * w * cin)],
  };
}
