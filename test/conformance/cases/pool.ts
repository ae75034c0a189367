/** Pools: windows over every border, strides past the filter, channels around 16, saturation, both uint8 forms. */
import type { Activation } from "../../../host/core/op.js";
import { type Case, float32, int8, Random, singleNode } from "../case.js";

const random = new Random(41);

interface Geometry {
  readonly n?: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly k: readonly [number, number];
  readonly s: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly p?: readonly [number, number, number, number];
}

const GEOMETRIES: readonly Geometry[] = [
  { h: 1, w: 1, c: 1, k: [1, 1], s: [1, 1] },
  { h: 4, w: 4, c: 3, k: [2, 2], s: [2, 2] },
  { h: 7, w: 5, c: 7, k: [3, 2], s: [2, 2], p: [1, 0, 1, 1] },
  { h: 5, w: 7, c: 8, k: [3, 3], s: [1, 1], p: [1, 1, 1, 1] },
  { n: 2, h: 6, w: 6, c: 15, k: [2, 3], s: [3, 4] },
  { n: 2, h: 5, w: 4, c: 16, k: [5, 4], s: [1, 1], p: [4, 3, 4, 3] },
  { h: 9, w: 3, c: 17, k: [9, 3], s: [1, 1] },
  { h: 6, w: 8, c: 40, k: [3, 3], s: [2, 2], p: [0, 0, 1, 1] },
  { h: 3, w: 3, c: 4, k: [1, 1], s: [2, 2] },
  { h: 20, w: 16, c: 5, k: [20, 16], s: [1, 1] },
  { h: 3, w: 300, c: 18, k: [2, 290], s: [1, 7], p: [1, 0, 0, 3] },
];

function label({ n = 1, h, w, c, k, s, p }: Geometry): string {
  return `n=${n},h=${h},w=${w},c=${c},k=${k.join("x")},s=${s.join("x")}${p ? `,p=${p.join("-")}` : ""}`;
}

function attributes({ k, s, p }: Geometry, activation: Activation, unsigned = false) {
  return { filter: k, stride: s, padding: p ?? [0, 0, 0, 0], activation, unsigned };
}

const shapeOf = ({ n = 1, h, w, c }: Geometry) => [n, h, w, c];
const countOf = ({ n = 1, h, w, c }: Geometry) => n * h * w * c;

export function* maxPools(): Generator<Case> {
  for (const g of GEOMETRIES) {
    const type = int8("x", shapeOf(g), 0.05, -3);
    const model = singleNode("max_pool2d", [type], [int8("y", [], 0.05, -3)], attributes(g, "none"));
    yield { id: `qs8_maxpool(${label(g)})`, model, inputs: [random.int8s(countOf(g))] };
    const float = singleNode("max_pool2d", [float32("x", shapeOf(g))], [float32("y", [])], attributes(g, "none"));
    yield { id: `f32_maxpool(${label(g)})`, model: float, inputs: [random.float32s(countOf(g))] };
  }
  const g = GEOMETRIES[3]!;
  for (const activation of ["relu", "relu6", "relu_n1_to_1"] as const) {
    for (const zeroPoint of [-128, 10, 127]) {
      for (const numerics of ["xnnpack", "tflite", "onnx"] as const) {
        for (const unsigned of [false, true]) {
          const type = int8("x", shapeOf(g), 0.0235294122248888, zeroPoint);
          const model = singleNode(
            "max_pool2d",
            [type],
            [{ ...type, name: "y" }],
            attributes(g, activation, unsigned),
            numerics,
          );
          const id = `qs8_maxpool(${activation},za=${zeroPoint},${numerics}${unsigned ? ",unsigned" : ""})`;
          yield { id, model, inputs: [random.int8s(countOf(g))] };
        }
      }
    }
    const float = singleNode("max_pool2d", [float32("x", shapeOf(g))], [float32("y", [])], attributes(g, activation));
    yield { id: `f32_maxpool(${activation})`, model: float, inputs: [random.float32s(countOf(g), -9, 9)] };
  }
}

export function* averagePools(): Generator<Case> {
  for (const g of GEOMETRIES) {
    for (const unsigned of [false, true]) {
      const type = int8("x", shapeOf(g), 0.05, -3);
      const model = singleNode(
        "average_pool2d",
        [type],
        [{ ...type, name: "y" }],
        attributes(g, "none", unsigned),
        "tflite",
      );
      yield {
        id: `qs8_avgpool(${label(g)}${unsigned ? ",unsigned" : ""})`,
        model,
        inputs: [random.int8s(countOf(g))],
      };
    }
    const float = singleNode("average_pool2d", [float32("x", shapeOf(g))], [float32("y", [])], attributes(g, "none"));
    yield { id: `f32_avgpool(${label(g)})`, model: float, inputs: [random.float32s(countOf(g))] };
  }
  yield* extremes();
  const g = GEOMETRIES[2]!;
  for (const activation of ["relu", "relu6", "relu_n1_to_1"] as const) {
    const type = int8("x", shapeOf(g), 0.03, 5);
    const model = singleNode("average_pool2d", [type], [{ ...type, name: "y" }], attributes(g, activation), "tflite");
    yield { id: `qs8_avgpool(${activation})`, model, inputs: [random.int8s(countOf(g))] };
    const float = singleNode(
      "average_pool2d",
      [float32("x", shapeOf(g))],
      [float32("y", [])],
      attributes(g, activation),
    );
    yield { id: `f32_avgpool(${activation})`, model: float, inputs: [random.float32s(countOf(g), -9, 9)] };
  }
}

/** Sums at both ends of the range, over windows up to and past the vector division's limit of 65536 taps. */
function* extremes(): Generator<Case> {
  for (const [h, w, c] of [
    [16, 16, 17],
    [16, 17, 17],
    [256, 256, 3],
    [257, 256, 3],
  ] as const) {
    for (const value of [-128, 127]) {
      for (const unsigned of [false, true]) {
        const g: Geometry = { h, w, c, k: [h, w], s: [1, 1] };
        const type = int8("x", shapeOf(g), 1, 0);
        const model = singleNode(
          "average_pool2d",
          [type],
          [{ ...type, name: "y" }],
          attributes(g, "none", unsigned),
          "tflite",
        );
        const id = `qs8_avgpool(saturating,taps=${h * w},x=${value}${unsigned ? ",unsigned" : ""})`;
        yield { id, model, inputs: [new Int8Array(countOf(g)).fill(value)] };
      }
    }
  }
}

/** Sums that lie exactly between two integers, on both sides of zero. */
export function* ties(): Generator<Case> {
  for (const unsigned of [false, true]) {
    const data = Int8Array.from({ length: 4 * 256 }, (_, i) => (i < 512 ? -128 + (i % 256) : i % 2));
    const type = int8("x", [1, 2, 2, 256], 1, 0);
    const model = singleNode(
      "average_pool2d",
      [type],
      [{ ...type, name: "y" }],
      { filter: [2, 2], stride: [1, 1], padding: [0, 0, 0, 0], activation: "none", unsigned },
      "tflite",
    );
    yield { id: `qs8_avgpool(ties${unsigned ? ",unsigned" : ""})`, model, inputs: [data] };
  }
}

export function* pools(): Generator<Case> {
  yield* maxPools();
  yield* averagePools();
  yield* ties();
}
