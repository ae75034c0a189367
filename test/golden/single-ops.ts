/** The one-operator models of the golden files for `--numerics tflite` and `tflite-micro`: random ones, and ones on edges. */
import {
  type ByteFile,
  INT8_IN_LITERT,
  RANDOM_OPS,
  Random,
  type RandomModel,
  type RandomOp,
  randomModel,
} from "../reference/peers/random-models.js";
import { type FileModel, writeTflite } from "../reference/peers/tflite-writer.js";

export interface SingleOp {
  /** Of the group that shares a digest: `conv2d INT8`. */
  readonly group: string;
  readonly file: Uint8Array;
  readonly inputs: readonly Uint8Array[];
}

const SEEDS = 20;
const f = Math.fround;
/** Seeds of random softmax models with a result that a table of floats gets wrong by one. */
const SOFTMAX_SEEDS = { INT8: [1074, 11371], UINT8: [12338, 12633] } as const;

/** LiteRT's reference kernels have no ELU, and their SUM of int8 does not rescale. TFLite Micro has neither GELU nor EXP. */
const ONE_SIDED: readonly RandomOp[] = ["elu", "sum", "gelu", "exp"];

export function* singleOps(): Generator<SingleOp> {
  for (const op of RANDOM_OPS) {
    for (const type of ["INT8", "UINT8"] as const) {
      if (type === "UINT8" && INT8_IN_LITERT.includes(op)) continue;
      const seeds =
        op === "softmax" ? [...range(SEEDS), ...SOFTMAX_SEEDS[type]] : range(ONE_SIDED.includes(op) ? 10 : SEEDS);
      for (const seed of seeds) yield written(`${op} ${type}`, randomModel(op, type, seed));
    }
  }
  for (const seed of range(SEEDS)) yield written("fully_connected INT8 per channel", perChannel(seed));
  for (const seed of range(2 * SEEDS)) yield written("fake_quant FLOAT32", fakeQuant(seed));
  for (const scale of FUNCTION_SCALES) {
    yield written("logistic INT8 edges", lookup(14, scale, { scale: [1 / 256], zeroPoint: -128 }));
    yield written("tanh INT8 edges", lookup(28, scale, { scale: [1 / 128], zeroPoint: 0 }));
  }
  for (const seed of range(20)) yield written("fully_connected INT8 edges", productEdges(seed));
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

function written(group: string, { model, inputs }: RandomModel): SingleOp {
  return { group, file: writeTflite(model), inputs };
}

/** A random matrix product whose weights have a scale for each output channel, in every third case powers of two apart. */
function perChannel(seed: number): RandomModel {
  const random = randomModel("fully_connected", "INT8", seed);
  const [x, w, bias, y] = random.model.tensors as [Tensor, Tensor, Tensor, Tensor];
  const scale = range(w.shape[0] as number).map((c) => {
    return f(
      (w.scale?.[0] as number) * (seed % 3 === 0 ? 2 ** (((c * 7) % 3) - 1) : 0.5 + ((c * 37 + seed) % 100) / 80),
    );
  });
  const biasScale = scale.map((s) => f(s * (x.scale?.[0] as number)));
  return {
    ...random,
    model: { ...random.model, tensors: [x, { ...w, scale, axis: 0 }, { ...bias, scale: biasScale }, y] },
  };
}

type Tensor = FileModel["tensors"][number];

/** Scales for which some logistic or tanh is so near a tie that tables of floats and fixed point part. */
const FUNCTION_SCALES = [
  0.0023639502469450235, 0.00733997393399477, 0.0020981200505048037, 0.004790646024048328, 0.0027614871505647898,
  0.0036056952085345984, 0.09352964907884598, 0.007866176776587963, 0.02621287852525711, 0.01636556163430214,
  0.10146470367908478, 0.010588901117444038, 0.005761218257248402, 0.008996473625302315, 0.049540597945451736,
  0.024915125221014023, 0.1193915382027626,
];

function lookup(code: number, scale: number, y: Pick<Tensor, "scale" | "zeroPoint">): RandomModel {
  const shape = [1, 16, 16, 1];
  const type: ByteFile = "INT8";
  const tensors = [
    { type, shape, scale: [f(scale)], zeroPoint: 0 },
    { type, shape, ...y },
  ];
  const operators = [{ code, version: 2, inputs: [0], outputs: [1] }];
  return { model: { tensors, operators, inputs: [0], outputs: [1] }, inputs: [Uint8Array.from(range(256))] };
}

/** Ranges on both sides of 0 or one, 2 to 16 bits; values beyond the range, on half steps and next to them. */
function fakeQuant(seed: number): RandomModel {
  const random = new Random(seed);
  const reach = 2 ** random.integer(-3, 5);
  const [min, max] = [-f(reach * random.next()), f(reach * random.next())];
  const bits = random.pick([8, 8, 8, 2, 4, 7, 16]);
  const fields = [
    [0, "float", seed % 5 === 0 ? 0 : min],
    [1, "float", seed % 5 === 1 ? 0 : max],
    [2, "int", bits],
    // TFLite runs no narrow range.
    [3, "byte", 0],
  ] as const;
  const step = (max - min) / (2 ** bits - 1);
  const values = Float32Array.from(range(256), (i) => {
    const halves = min + random.integer(-9, 2 ** (bits + 1) + 9) * 0.5 * step;
    return i % 2 === 0 ? halves * (1 + random.integer(-1, 1) * 2 ** -23) : (random.next() - 0.5) * 4 * reach;
  });
  const x: Tensor = { type: "FLOAT32", shape: [4, 64] };
  const operators = [{ code: 80, version: 1, options: [58, fields] as const, inputs: [0], outputs: [1] }];
  return { model: { tensors: [x, x], operators, inputs: [0], outputs: [1] }, inputs: [new Uint8Array(values.buffer)] };
}

/** A matrix product of a real 0: results are biases, each so near a tie that 31 bits of factor do not tell its side. */
function productEdges(seed: number): RandomModel {
  const part = (i: number) => ((seed * 16 + i) * 0.6180339887498949) % 1;
  const [x, w] = [f(0.01 * (1 + part(1))), f(0.00001 * (1 + part(2)))];
  const y = f(x * w * 2 ** 24 * (1 + part(3)));
  const factor = (x * w) / y;
  const biases = range(240)
    .map((i) => Math.round((i - 119.5) / factor))
    .filter((bias) => Math.abs(bias) < 2 ** 31);
  const count = biases.length;
  const tensors: Tensor[] = [
    { type: "INT8", shape: [1, 1], scale: [x], zeroPoint: 0 },
    { type: "INT8", shape: [count, 1], scale: [w], zeroPoint: 0, axis: 0, data: new Uint8Array(count).fill(1) },
    { type: "INT32", shape: [count], scale: [f(x * w)], zeroPoint: 0, data: bytes(biases) },
    { type: "INT8", shape: [1, count], scale: [y], zeroPoint: 0 },
  ];
  const operators = [{ code: 9, version: 4, options: [8, [[0, "byte", 0]]] as const, inputs: [0, 1, 2], outputs: [3] }];
  return { model: { tensors, operators, inputs: [0], outputs: [3] }, inputs: [new Uint8Array(1)] };
}

function bytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}
