/** Means over every kind of axes and arg max: channels around 16, runs, alternating axes, ties, extreme zero points. */
import type { Numerics } from "../../../host/core/model.js";
import { elementCount } from "../../../host/core/shape.js";
import { type Case, float32, int8, Random, singleNode } from "../case.js";

const random = new Random(23);

const REDUCTIONS: readonly (readonly [shape: readonly number[], axes: readonly number[]])[] = [
  [
    [1, 7, 7, 1],
    [1, 2],
  ],
  [
    [1, 4, 3, 7],
    [1, 2],
  ],
  [
    [2, 3, 3, 8],
    [1, 2],
  ],
  [
    [1, 7, 7, 15],
    [1, 2],
  ],
  [
    [1, 2, 3, 16],
    [1, 2],
  ],
  [
    [2, 5, 4, 17],
    [1, 2],
  ],
  [
    [1, 8, 8, 40],
    [1, 2],
  ],
  [
    [1, 20, 20, 18],
    [1, 2],
  ],
  [[2, 3, 5, 4], [1]],
  [[2, 3, 5, 17], [2]],
  [[3, 2, 2, 19], [3]],
  [
    [2, 3, 4, 5],
    [1, 2, 3],
  ],
  [
    [2, 3, 4, 5],
    [0, 1, 2, 3],
  ],
  [[40], [0]],
  [[5], []],
  [[3, 1, 4], [1]],
  [
    [2, 3, 2, 3, 2, 19],
    [1, 3, 5],
  ],
  [
    [2, 3, 2, 3, 2, 19],
    [0, 2, 4],
  ],
  [
    [2, 3, 2, 20],
    [0, 2],
  ],
];

interface MeanOptions {
  readonly numerics?: Numerics;
  readonly keepDims?: boolean;
  readonly unsigned?: boolean;
  readonly kernels?: "reference";
  readonly scales?: readonly [number, number];
  readonly zeroPoints?: readonly [number, number];
}

function meanCase(id: string, shape: readonly number[], axes: readonly number[], options: MeanOptions = {}): Case {
  const { numerics = "xnnpack", keepDims = true, unsigned = false } = options;
  const [inputScale, outputScale] = options.scales ?? [0.5, 0.37];
  const [inputZero, outputZero] = options.zeroPoints ?? [-3, 5];
  const x = int8("x", shape, inputScale, inputZero);
  const y = int8("y", [], outputScale, outputZero);
  const attributes = { axes, keepDims, unsigned, ...(options.kernels && { kernels: options.kernels }) };
  const model = singleNode("mean", [x], [y], attributes, numerics);
  return { id, model, inputs: [random.int8s(elementCount(shape))] };
}

export function* means(): Generator<Case> {
  for (const [shape, axes] of REDUCTIONS) {
    const where = `${shape.join("x")},axes=[${axes}]`;
    for (const numerics of ["xnnpack", "tflite", "onnx"] as const) {
      const kernel = { xnnpack: "qs8_mean", tflite: "qs8_mean_tflite", onnx: "qs8_mean_onnx" }[numerics];
      for (const unsigned of [false, true]) {
        for (const keepDims of [false, true]) {
          const options = { numerics, unsigned, keepDims };
          const id = `${kernel}(${where}${keepDims ? ",keepDims" : ""}${unsigned ? ",unsigned" : ""})`;
          yield meanCase(id, shape, axes, options);
        }
      }
    }
    const model = singleNode("mean", [float32("x", shape)], [float32("y", [])], {
      axes,
      keepDims: false,
      unsigned: false,
    });
    yield { id: `f32_mean(${where})`, model, inputs: [random.float32s(elementCount(shape))] };
  }
}

/** Scales with ties and saturation, zero points at both ends. */
export function* roundings(): Generator<Case> {
  const scales: readonly (readonly [number, number])[] = [
    [1, 1],
    [1, 0.25],
    [0.5, 1],
    [0.003, 0.9],
    [0.7, 0.001],
    [0.1, 0.1],
  ];
  for (const pair of scales) {
    for (const zeroPoints of [
      [-128, 127],
      [127, -128],
      [0, 1],
    ] as const) {
      for (const numerics of ["xnnpack", "tflite", "onnx"] as const) {
        for (const unsigned of [false, true]) {
          const id = `qs8_mean(s=${pair},z=${zeroPoints},${numerics}${unsigned ? ",unsigned" : ""})`;
          const options = { numerics, unsigned, scales: pair, zeroPoints };
          yield meanCase(id, [1, 2, 2, 40], [1, 2], options);
          yield meanCase(`${id.slice(0, -1)},rank=3)`, [6, 4, 5], [1], options);
        }
      }
    }
  }
  // Products of nearly −2^31, and a bias that takes them past it.
  const wrapping = { numerics: "tflite", scales: [1.99, 2 ** -29], zeroPoints: [1, 5] } as const;
  yield meanCase("qs8_mean(wrapping,tflite)", [1, 2, 2, 300], [1, 2], wrapping);
  for (const unsigned of [false, true]) {
    const reference = { numerics: "tflite", kernels: "reference", unsigned, scales: [0.5, 0.25] } as const;
    yield meanCase(`qs8_mean(reference${unsigned ? ",unsigned" : ""})`, [1, 3, 5, 40], [1, 2], reference);
  }
}

export function* argMaxes(): Generator<Case> {
  const shapes: readonly (readonly [shape: readonly number[], axis: number])[] = [
    [[1], 0],
    [[1, 10], 1],
    [[2, 15], 1],
    [[3, 16], 1],
    [[2, 17], 1],
    [[2, 1001], 1],
    [[2, 5, 40], 1],
    [[3, 4, 7], 0],
    [[2, 3, 4, 21], 3],
  ];
  for (const [shape, axis] of shapes) {
    const count = elementCount(shape);
    for (const dtype of ["int32", "int64"] as const) {
      const where = `${shape.join("x")},axis=${axis},${dtype}`;
      const output = { name: "y", dtype };
      // Few different values, so that the largest one comes several times.
      for (const [name, low, high] of [
        ["wide", -128, 127],
        ["equal", 3, 3],
        ["few", -128, -126],
      ] as const) {
        const model = singleNode("arg_max", [int8("x", shape, 1, 0)], [output], { axis });
        yield { id: `qs8_argmax(${where},${name})`, model, inputs: [random.int8s(count, low, high)] };
      }
      const model = singleNode("arg_max", [float32("x", shape)], [output], { axis });
      yield { id: `f32_argmax(${where})`, model, inputs: [random.float32s(count)] };
      yield {
        id: `f32_argmax(${where},few)`,
        model,
        inputs: [Float32Array.from({ length: count }, () => random.int(-1, 1))],
      };
    }
  }
}

const SPECIAL = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, 3.4e38, 1e-45];

/** Sums, extrema and products; whether NaN, zeros of both signs and infinities come through. */
export function* reduces(): Generator<Case> {
  for (const name of ["sum", "max", "min", "prod"]) {
    for (const [shape, axes] of REDUCTIONS) {
      const where = `${name},${shape.join("x")},axes=[${axes}]`;
      const keepDims = axes.length % 2 === 0;
      const attributes = { function: name, axes, keepDims };
      const count = elementCount(shape);
      const model = singleNode("reduce", [float32("x", shape)], [float32("y", [])], attributes);
      yield { id: `f32_reduce(${where})`, model, inputs: [random.float32s(count, -1.5, 1.5)] };
      if (name === "prod") continue;
      const y = name === "sum" ? int8("y", [], 0.9, 5) : int8("y", [], 0.5, -3);
      const quantized = singleNode("reduce", [int8("x", shape, 0.5, -3)], [y], attributes);
      yield { id: `qs8_reduce(${where})`, model: quantized, inputs: [random.int8s(count)] };
    }
    const attributes = { function: name, axes: [0], keepDims: false };
    const model = singleNode("reduce", [float32("x", [2, 81])], [float32("y", [])], attributes);
    const pairs = Float32Array.from({ length: 162 }, (_, i) => SPECIAL[i < 81 ? i % 9 : Math.floor((i - 81) / 9)]!);
    yield { id: `f32_reduce(${name},special)`, model, inputs: [pairs] };
  }
  for (const [zx, zy] of [
    [-128, 127],
    [127, -128],
  ] as const) {
    for (const [sx, sy] of [
      [1, 1],
      [0.7, 0.001],
      [0.5, 16],
    ] as const) {
      const attributes = { function: "sum", axes: [1], keepDims: true };
      for (const numerics of ["xnnpack", "tflite"] as const) {
        const [x, y] = [int8("x", [3, 7, 18], sx, zx), int8("y", [], sy, zy)];
        const model = singleNode("reduce", [x], [y], attributes, numerics);
        yield { id: `qs8_reduce(sum,s=${sx}:${sy},z=${zx}:${zy},${numerics})`, model, inputs: [random.int8s(378)] };
      }
    }
  }
}

/** Channels around the window, powers of every sign, and what the sum's order decides. */
export function* normalizations(): Generator<Case> {
  for (const [shape, before, after, alpha, beta, bias] of [
    [[1], 0, 0, 1, 0.75, 1],
    [[2, 3, 5, 7], 2, 2, 1e-4, 0.75, 1],
    [[1, 4, 4, 33], 2, 3, 0.5, 0.75, 2],
    [[3, 10], 20, 20, 1, 0.5, 0.1],
    [[5, 9], 0, 4, -1, 1.5, 1],
    [[5, 9], 1, 1, 0, -0.5, 0],
  ] as const) {
    const attributes = { before, after, alpha, beta, bias };
    const model = singleNode("lrn", [float32("x", shape)], [float32("y", [])], attributes);
    const text = `${shape.join("x")},${before}+${after},alpha=${alpha},beta=${beta},bias=${bias}`;
    yield { id: `f32_lrn(${text})`, model, inputs: [random.float32s(elementCount(shape), -3, 3)] };
  }
}

export function* reductions(): Generator<Case> {
  yield* means();
  yield* roundings();
  yield* argMaxes();
  yield* reduces();
  yield* normalizations();
}
