/** Softmax: rows around vectors, one row and many, flat and peaked distributions. */
import { type Case, float32, int8, Random, singleNode } from "../case.js";

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 10, 15, 16, 17, 31, 32, 100, 1001];
const random = new Random(53);

interface Edge {
  readonly rows?: number;
  readonly length?: number;
  readonly sx?: number;
  readonly zx?: number;
  readonly sy?: number;
  readonly zy?: number;
  readonly beta?: number;
  readonly unsigned?: boolean;
  readonly kernels?: "reference";
  /** Range of the input values. */
  readonly low?: number;
  readonly high?: number;
}

function quantizedCase(edge: Edge): Case {
  const { rows = 3, length = 37, sx = 0.1, zx = 4, sy = 1 / 256, zy = -128, beta = 1, unsigned = false } = edge;
  const input = int8("input", [rows, length], sx, zx);
  const text = Object.entries(edge).map(([key, value]) => `${key}=${value}`);
  const attributes = { beta, unsigned, ...(edge.kernels && { kernels: edge.kernels }) };
  return {
    id: `qs8_softmax${edge.kernels ? "_fixed" : ""}(${text.join(",")})`,
    model: singleNode("softmax", [input], [int8("output", [], sy, zy)], attributes, "tflite"),
    inputs: [random.int8s(rows * length, edge.low, edge.high)],
  };
}

function* quantizedEdges(): Generator<Edge> {
  for (const length of LENGTHS) yield { length };
  for (const rows of [1, 2, 7]) yield { rows };
  for (const unsigned of [false, true]) {
    yield { unsigned, length: 10, rows: 20 };
    // Two, four, eight equal values: probabilities that are ties in units of the output.
    for (const length of [2, 3, 4, 8, 512, 511]) yield { unsigned, length, low: 7, high: 7 };
    yield { unsigned, length: 300, sx: 0.004 };
    yield { unsigned, sx: 3.5 };
    yield { unsigned, sx: 0.5, beta: 0.25 };
    yield { unsigned, beta: 0 };
    yield { unsigned, beta: 30 };
    yield { unsigned, low: -128, high: -128 };
    yield { unsigned, low: 127, high: 127, zx: 127 };
  }
  yield { zy: 0 };
  yield { zy: 127 };
  yield { sy: 1 / 128 };
  yield { sy: 1 / 1024, zy: -100 };
  yield { sy: 1e-30 };
  yield { sy: 1e-30, zy: 127 };
  yield { sy: 0.0031, zy: -100, rows: 50 };
  yield { sy: 0.0007, rows: 50 };
  yield { sy: 3 };
}

/** The reference kernel: every exponent bit, differences that count and do not, sums of 2^28 and more, the longest row. */
function* fixedEdges(): Generator<Edge> {
  const kernels = "reference";
  for (const length of [...LENGTHS, 511, 512, 4095]) yield { kernels, length };
  for (const length of [2, 3, 4, 8, 511, 512, 1000, 4095]) yield { kernels, length, rows: 1, low: 7, high: 7 };
  for (const sx of [2 ** -27, 1e-6, 0.004, 0.0117, 0.03, 0.31, 1, 2.2, 15.9])
    yield { kernels, sx, rows: 20, length: 50 };
  for (const beta of [0.25, 1.3, 30]) yield { kernels, beta };
  yield { kernels, unsigned: true, rows: 7 };
  yield { kernels, low: -128, high: -128 };
  yield { kernels, low: 127, high: 127, zx: 127 };
}

type Beta = number | "log";

function floatCase(id: string, shape: readonly number[], data: Float32Array<ArrayBuffer>, beta: Beta): Case {
  const op = beta === "log" ? "log_softmax" : "softmax";
  const attributes = beta === "log" ? {} : { beta, unsigned: false };
  const model = singleNode(op, [float32("input", shape)], [float32("output", [])], attributes);
  return { id: `f32_${op}(${id})`, model, inputs: [data] };
}

export function* softmaxCases(): Generator<Case> {
  for (const edge of quantizedEdges()) yield quantizedCase(edge);
  for (const beta of [1, "log"] as const) yield* floatCases(beta);
  yield floatCase("beta=0.3", [2, 2, 19], random.float32s(76, -20, 20), 0.3);
  yield floatCase("beta=0", [9], random.float32s(9), 0);
  for (const edge of fixedEdges()) yield quantizedCase(edge);
}

/** softmax, or its logarithm. */
function* floatCases(beta: 1 | "log"): Generator<Case> {
  for (const length of LENGTHS) {
    yield floatCase(`length=${length}`, [3, length], random.float32s(3 * length, -6, 6), beta);
  }
  yield floatCase("peaked", [4, 21], random.float32s(84, -200, 200), beta);
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  for (const [id, row] of [
    ["nan_first", [nan, 1, 2, 3, 4, 5, 6]],
    ["nan_inside", [1, 2, nan, 3, 9, -9, 0]],
    ["nan_last", [3, 2, 1, 0, 9, 8, nan]],
    ["infinity", [1, inf, 3, 2]],
    ["minus_infinity", [-inf, 1, -inf, 3, 2]],
    ["all_minus_infinity", [-inf, -inf, -inf]],
    ["zeros", [0, -0, -0, 0, -0]],
    ["huge", [3.4e38, -3.4e38, 1, 3.4e38]],
  ] as const) {
    yield floatCase(id, [row.length], Float32Array.from(row), beta);
  }
}
