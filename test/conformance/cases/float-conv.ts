/** Float32 convolutions and matrix products: the order of the sum, borders, register tile remainders, groups, signs. */
import type { Tensor } from "../../../host/core/model.js";
import type { Activation } from "../../../host/core/op.js";
import { elementCount } from "../../../host/core/shape.js";
import { type Case, constant, float32, Random, singleNode } from "../case.js";

const random = new Random(83);

/** Makes the constant weights of a case; output channels are on `axis`. */
export type MakeWeights = (shape: readonly number[], axis: number) => Tensor;

/** Values of very different magnitude, so that another order of the sum gives other bits. */
function wide(count: number): Float32Array<ArrayBuffer> {
  return random.float32s(count).map((x, i) => x * 2 ** ((i * 7) % 23));
}

export interface Geometry {
  readonly n?: number;
  readonly h: number;
  readonly w: number;
  /** Input and output channels. */
  readonly c: readonly [number, number];
  readonly k: readonly [number, number];
  readonly s?: readonly [number, number];
  readonly d?: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly p?: readonly [number, number, number, number];
  readonly groups?: number;
  readonly activation?: Activation;
  readonly bias?: boolean;
}

function label({ n = 1, h, w, c, k, s, d, p, groups, activation, bias = true }: Geometry): string {
  const parts = [`n=${n},h=${h},w=${w},c=${c.join("->")},k=${k.join("x")}`];
  if (s) parts.push(`s=${s.join("x")}`);
  if (d) parts.push(`d=${d.join("x")}`);
  if (p) parts.push(`p=${p.join("-")}`);
  if (groups) parts.push(`groups=${groups}`);
  if (activation) parts.push(activation);
  if (!bias) parts.push("no_bias");
  return parts.join(",");
}

export function convCase(
  op: "conv2d" | "depthwise_conv2d",
  g: Geometry,
  data = wide,
  make: MakeWeights = (shape) => constant(float32("weights", shape), data(elementCount(shape))),
): Case {
  const { n = 1, h, w, c, k, s = [1, 1], d = [1, 1], p = [0, 0, 0, 0], groups = 1, activation = "none" } = g;
  const input = float32("x", [n, h, w, c[0]]);
  const shape = op === "conv2d" ? [c[1], ...k, c[0] / groups] : [1, ...k, c[1]];
  const weights = make(shape, op === "conv2d" ? 0 : 3);
  const bias = g.bias === false ? undefined : constant(float32("bias", [c[1]]), data(c[1]));
  const window = { stride: s, dilation: d, padding: p, activation, unsigned: false };
  const attributes = op === "conv2d" ? { ...window, groups } : window;
  const model = singleNode(op, [input, weights, bias], [float32("y", [])], attributes);
  const kernel = op === "conv2d" ? "f32_conv" : "f32_dwconv";
  return { id: `${kernel}(${label(g)})`, model, inputs: [data(elementCount(input.shape))] };
}

const SAME = [1, 1, 1, 1] as const;

export const CONVOLUTIONS: readonly Geometry[] = [
  { h: 1, w: 1, c: [1, 1], k: [1, 1] },
  { h: 1, w: 1, c: [40, 17], k: [1, 1] },
  { n: 2, h: 1, w: 1, c: [7, 33], k: [1, 1] },
  { h: 3, w: 1, c: [5, 8], k: [1, 1] },
  { n: 2, h: 3, w: 5, c: [3, 7], k: [1, 1] },
  { h: 5, w: 4, c: [8, 16], k: [1, 1], s: [2, 2] },
  { h: 4, w: 7, c: [3, 8], k: [3, 3], p: SAME },
  { h: 7, w: 9, c: [3, 15], k: [3, 3], s: [2, 2], p: [0, 0, 1, 1] },
  { n: 2, h: 5, w: 6, c: [4, 9], k: [3, 2], p: [1, 0, 1, 1] },
  { h: 2, w: 2, c: [5, 4], k: [3, 3], p: SAME },
  { h: 9, w: 17, c: [2, 3], k: [5, 5], d: [2, 3], p: [4, 6, 4, 6] },
  { h: 1, w: 13, c: [6, 40], k: [1, 4], p: [0, 3, 0, 3] },
  { h: 8, w: 8, c: [16, 16], k: [3, 3], p: SAME, activation: "relu" },
  { h: 6, w: 6, c: [7, 1], k: [2, 2], s: [3, 3], activation: "relu6", bias: false },
  { h: 6, w: 5, c: [12, 8], k: [3, 3], p: SAME, groups: 4, activation: "relu_n1_to_1" },
  { h: 5, w: 5, c: [6, 30], k: [2, 3], p: [1, 1, 0, 1], groups: 2 },
  { h: 12, w: 11, c: [3, 8], k: [7, 7], s: [4, 4], p: [3, 3, 3, 3] },
  // Windows of which only padding is left: the output is the bias.
  { h: 1, w: 1, c: [3, 5], k: [2, 2], d: [3, 3], p: [2, 2, 2, 2] },
];

export const DEPTHWISE: readonly Geometry[] = [
  { h: 1, w: 1, c: [1, 1], k: [1, 1] },
  { h: 5, w: 7, c: [3, 3], k: [3, 3], p: SAME },
  { n: 2, h: 6, w: 5, c: [7, 7], k: [3, 3], s: [2, 2], p: [0, 0, 1, 1] },
  { h: 4, w: 4, c: [8, 8], k: [2, 3], p: [1, 0, 0, 2], activation: "relu6" },
  { h: 7, w: 8, c: [17, 17], k: [5, 5], s: [1, 2], p: [2, 2, 2, 2], bias: false },
  { h: 9, w: 9, c: [16, 16], k: [3, 3], d: [2, 3], p: [2, 3, 2, 3] },
  { n: 2, h: 3, w: 3, c: [40, 40], k: [3, 3], p: SAME, activation: "relu" },
  { h: 6, w: 4, c: [15, 15], k: [1, 4], s: [4, 5], p: [0, 3, 0, 3] },
  { h: 1, w: 1, c: [3, 3], k: [2, 2], d: [3, 3], p: [2, 2, 2, 2] },
  { h: 5, w: 5, c: [3, 6], k: [3, 3], p: SAME },
  { h: 5, w: 6, c: [1, 8], k: [3, 3], s: [2, 2], p: SAME, activation: "relu" },
  { h: 4, w: 5, c: [2, 18], k: [2, 2] },
];

export function* products(make?: MakeWeights): Generator<Case> {
  for (const [shape, outC, activation] of [
    [[1, 1], 1, "none"],
    [[1, 40], 10, "none"],
    [[1, 17], 16, "relu"],
    [[2, 7], 33, "none"],
    [[3, 8], 8, "relu6"],
    [[2, 3, 16], 17, "none"],
    [[9, 15], 4, "relu_n1_to_1"],
    [[64], 12, "none"],
  ] as const) {
    const k = shape[shape.length - 1]!;
    const weights = make?.([outC, k], 0) ?? constant(float32("weights", [outC, k]), wide(outC * k));
    const bias = outC === 33 ? undefined : constant(float32("bias", [outC]), wide(outC));
    const model = singleNode("fully_connected", [float32("x", shape), weights, bias], [float32("y", [])], {
      activation,
      unsigned: false,
    });
    const id = `f32_gemm(m=${elementCount(shape) / k},k=${k},n=${outC},${activation})`;
    yield { id, model, inputs: [wide(elementCount(shape))] };
  }
}

/** Computed matrices: columns around vectors and blocks, every kind of batch, all four layouts. */
export function* batchProducts(): Generator<Case> {
  for (const [a, b] of [
    [
      [1, 1],
      [1, 1],
    ],
    [
      [3, 5],
      [5, 16],
    ],
    [
      [2, 7],
      [7, 17],
    ],
    [
      [4, 3],
      [3, 31],
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
      [6, 9],
      [2, 2, 9, 19],
    ],
    [
      [2, 1, 2, 1, 3, 4],
      [1, 3, 1, 2, 4, 33],
    ],
  ] as const) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const turned = (shape: readonly number[], isTurned: boolean) =>
          isTurned ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
        const types = [float32("a", turned(a, transposeA)), float32("b", turned(b, transposeB))];
        const model = singleNode("batch_matmul", types, [float32("y", [])], { transposeA, transposeB });
        const id = `f32_bmm(${types.map(({ shape }) => shape.join("x"))},${transposeA},${transposeB})`;
        yield { id, model, inputs: types.map(({ shape }) => wide(elementCount(shape))) };
      }
    }
  }
}

/** Zeros of both signs, infinities and NaN: a padded tap must add nothing, not even +0 or ∞ · 0. */
export function* specials(): Generator<Case> {
  const values = [0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  const zeros = (count: number) => new Float32Array(count).fill(-0);
  const any = (count: number) => Float32Array.from({ length: count }, () => values[random.int(0, 6)]!);
  const g: Geometry = { h: 5, w: 9, c: [4, 12], k: [3, 3], p: SAME };
  const named = ({ id, ...rest }: Case, name: string) => ({ ...rest, id: `${id.slice(0, -1)},${name})` });
  for (const activation of ["none", "relu6"] as const) {
    for (const op of ["conv2d", "depthwise_conv2d"] as const) {
      const shape: Geometry = { ...g, activation, c: op === "conv2d" ? g.c : [12, 12] };
      yield named(convCase(op, shape, zeros), "zeros");
      yield named(convCase(op, shape, any), "specials");
    }
  }
}

export function* floatConvolutions(): Generator<Case> {
  for (const g of CONVOLUTIONS) yield convCase("conv2d", g);
  for (const g of DEPTHWISE) yield convCase("depthwise_conv2d", g);
  yield* products();
  yield* batchProducts();
  yield* specials();
}
