/** What only "onnx" computes: pools of real numbers, softmax, products of two computed int8 matrices. */
import { ACTIVATIONS } from "../../../host/core/op.js";
import { elementCount } from "../../../host/core/shape.js";
import { type Case, int8, Random, singleNode } from "../case.js";

const random = new Random(97);

/** Scales and zero points of input and output: ordinary, ties, both ends, saturating. */
const PARAMS = [
  { sx: 0.05, zx: -3, sy: 0.041, zy: 9 },
  { sx: 2 ** -4, zx: 0, sy: 2 ** -3, zy: 1 },
  { sx: 2 ** -4, zx: -128, sy: 2 ** -2, zy: 127 },
  { sx: 0.7, zx: 127, sy: 0.01, zy: -128 },
] as const;

function text(values: object): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join("x") : value}`)
    .join(",");
}

function* averagePools(): Generator<Case> {
  const windows = [
    { shape: [1, 1, 1, 1], filter: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0] },
    { shape: [1, 7, 5, 7], filter: [3, 2], stride: [2, 2], padding: [1, 0, 1, 1] },
    { shape: [2, 5, 7, 17], filter: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
    { shape: [1, 16, 17, 18], filter: [16, 17], stride: [1, 1], padding: [0, 0, 0, 0] },
    { shape: [1, 40, 33, 5], filter: [2, 3], stride: [1, 1], padding: [0, 2, 1, 0] },
  ];
  for (const { shape, ...window } of windows) {
    for (const params of PARAMS) {
      for (const unsigned of [false, true]) {
        const { sx, zx, sy, zy } = params;
        const attributes = { ...window, activation: "none", unsigned };
        const model = singleNode(
          "average_pool2d",
          [int8("x", shape, sx, zx)],
          [int8("y", [], sy, zy)],
          attributes,
          "onnx",
        );
        const id = `qs8_avgpool(onnx,${text({ shape, ...window, ...params, unsigned })})`;
        yield { id, model, inputs: [random.int8s(elementCount(shape))] };
      }
    }
  }
  const [, { shape, ...window }] = windows as [unknown, (typeof windows)[0]];
  for (const activation of ACTIVATIONS) {
    const attributes = { ...window, activation, unsigned: false };
    const model = singleNode("average_pool2d", [int8("x", shape, 0.3, 5)], [int8("y", [], 0.1, 7)], attributes, "onnx");
    yield { id: `qs8_avgpool(onnx,${activation})`, model, inputs: [random.int8s(elementCount(shape))] };
  }
}

function* softmaxes(): Generator<Case> {
  const make = (
    rows: number,
    length: number,
    sx: number,
    sy: number,
    zy: number,
    low?: number,
    high?: number,
  ): Case => {
    const attributes = { beta: 1, unsigned: zy === -128 };
    const model = singleNode(
      "softmax",
      [int8("x", [rows, length], sx, 4)],
      [int8("y", [], sy, zy)],
      attributes,
      "onnx",
    );
    const id = `qs8_softmax(onnx,${text({ rows, length, sx, sy, zy, low, high })})`;
    return { id, model, inputs: [random.int8s(rows * length, low, high)] };
  };
  for (const length of [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 100, 1001]) yield make(3, length, 0.1, 1 / 256, -128);
  for (const sx of [2 ** -126, 1e-6, 0.004, 0.25, 3.5, 1e30]) yield make(4, 37, sx, 1 / 256, -128);
  for (const sy of [1 / 255, 1 / 128, 1 / 1024, 0.0031, 3, 1e-30]) {
    for (const zy of [-128, 0, 127]) yield make(4, 10, 0.3, sy, zy);
  }
  // Probabilities that are ties in units of the output, and products that are infinite.
  for (const length of [2, 3, 4, 8, 512]) yield make(2, length, 0.1, 1 / 256, -128, 7, 7);
  yield make(3, 1, 0.1, 1 / 1024, -128);
  yield make(3, 2, 0.1, 1 / 1024, -128);
}

/** Columns around four, rows around two, depths around eight; every kind of batch, all four layouts, both outputs. */
function* matrixProducts(): Generator<Case> {
  for (const [a, b] of [
    [
      [1, 1],
      [1, 1],
    ],
    [
      [3, 7],
      [7, 5],
    ],
    [
      [2, 8],
      [8, 4],
    ],
    [
      [5, 9],
      [9, 31],
    ],
    [
      [2, 3, 4],
      [2, 4, 6],
    ],
    [
      [2, 1, 3, 8],
      [3, 8, 5],
    ],
    [
      [6, 40],
      [2, 2, 40, 19],
    ],
    [
      [2, 1, 2, 1, 3, 4],
      [1, 3, 1, 2, 4, 33],
    ],
  ] as const) {
    for (const [transposeA, transposeB] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      const turned = (shape: readonly number[], isTurned: boolean) =>
        isTurned ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
      const shapes = [turned(a, transposeA), turned(b, transposeB)] as const;
      for (const isRaw of [false, true]) {
        const types = [
          int8("a", shapes[0], 2 ** -4, isRaw ? -128 : 5),
          int8("b", shapes[1], 2 ** -5, isRaw ? 127 : -9),
        ];
        const output = isRaw ? { name: "y", dtype: "int32" as const } : int8("y", [], 2 ** -1, 3);
        const model = singleNode("batch_matmul", types, [output], { transposeA, transposeB }, "onnx");
        const id = `qs8_bmm(${shapes.map((shape) => shape.join("x"))},${transposeA},${transposeB}${isRaw ? ",raw" : ""})`;
        yield { id, model, inputs: types.map(({ shape }) => random.int8s(elementCount(shape))) };
      }
    }
  }
  for (const { sx, zx, sy, zy } of PARAMS) {
    const types = [int8("a", [3, 50], sx, zx), int8("b", [50, 6], 0.02, zy)];
    const attributes = { transposeA: false, transposeB: false };
    const model = singleNode("batch_matmul", types, [int8("y", [], sy, zy)], attributes, "onnx");
    yield { id: `qs8_bmm(${text({ sx, zx, sy, zy })})`, model, inputs: [random.int8s(150), random.int8s(300)] };
  }
}

export function* onnxCases(): Generator<Case> {
  yield* averagePools();
  yield* softmaxes();
  yield* matrixProducts();
}
