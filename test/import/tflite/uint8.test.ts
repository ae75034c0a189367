/**
 * uint8 operators as TFLite has them, written down once more on raw uint8 values, against what becomes of them: int8
 * nodes with `unsigned` and shifted zero points, computed by the reference.
 */
import { describe, expect, test } from "vitest";
import { importTflite } from "../../../host/import/index.js";
import { runReference } from "../../../host/reference/index.js";
import { type Field, type TensorSpec, writeTflite } from "./write-tflite.js";

const f = Math.fround;
const rne = (x: number) => {
  const low = Math.floor(x);
  return x - low === 0.5 ? low + (low & 1) : Math.round(x);
};
const rha = (x: number) => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
const clamp = (x: number, low = 0, high = 255) => Math.min(Math.max(x, low), high);

/** real = m · 2^(s − 31), m an integer in [2^30, 2^31). */
function multiplierOf(real: number): { m: bigint; s: number } {
  let s = Math.ceil(Math.log2(real));
  if (real >= 2 ** s) s++;
  let m = rha((real / 2 ** s) * 2 ** 31);
  if (m === 2 ** 31) [m, s] = [2 ** 30, s + 1];
  return { m: BigInt(m), s };
}

/** gemmlowp's two roundings: half up after the multiplication, half away from zero after the shift. */
function twice(x: number, real: number): number {
  const { m, s } = multiplierOf(real);
  const product = (BigInt(x) << BigInt(Math.max(s, 0))) * m + (1n << 30n);
  const high = Number(product >> 31n);
  return rha(high / 2 ** Math.max(-s, 0));
}

interface Q {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A seeded stream of numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** Scales of which a third are powers of two, which make ties. */
function randomQ(random: () => number): Q {
  const scale = random() < 0.33 ? 2 ** -Math.floor(random() * 8) : f(0.01 + random());
  return { scale, zeroPoint: Math.floor(random() * 256) };
}

interface Case {
  readonly kind: string;
  readonly inputs: readonly (TensorSpec | null)[];
  readonly output: TensorSpec;
  readonly options?: Readonly<Record<number, Field>>;
}

/** Runs one operator on uint8 model inputs; the model output is uint8 as well. */
function run({ kind, inputs, output, options }: Case, data: readonly (readonly number[])[]): number[] {
  const given = inputs.filter((tensor) => tensor !== null);
  const bytes = writeTflite({
    tensors: [...given, output],
    operators: [
      { kind, inputs: inputs.map((t) => t?.name ?? null), outputs: [output.name], ...(options ? { options } : {}) },
    ],
    inputs: given.filter((t) => t.data === undefined).map((t) => t.name),
    outputs: [output.name],
  });
  const model = importTflite(bytes);
  const values = runReference(
    model,
    data.map((list) => Uint8Array.from(list)),
  );
  return Array.from(values[model.outputs[0]!] as Uint8Array);
}

const u8 = (name: string, shape: readonly number[], q: Q, more: Partial<TensorSpec> = {}): TensorSpec => ({
  name,
  type: "UINT8",
  shape,
  ...q,
  ...more,
});
const int32 = (name: string, ...data: number[]): TensorSpec => ({ name, type: "INT32", shape: [data.length], data });
const ALL = Array.from({ length: 256 }, (_, i) => i);
const ROUNDS = 60;

/** RELU6's bounds as XNNPACK computes them on uint8. */
function relu6(q: Q): [number, number] {
  const bound = (real: number) => rne(clamp(f(f(real / q.scale) + q.zeroPoint)));
  return [bound(0), bound(6)];
}

/** Compares an operator with its uint8 formula for many parameters; `expected` gives the output for one round. */
function compare(name: string, round: (random: () => number) => { actual: number[]; expected: number[] }): void {
  test(name, () => {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const { actual, expected } = round(generator(seed * 7919));
      expect(actual, `seed ${seed}`).toEqual(expected);
    }
  });
}

describe("int8 nodes for uint8 operators compute what uint8 did", () => {
  const unary = (kind: string, x: Q, y: Q, options?: Case["options"]) =>
    run({ kind, inputs: [u8("x", [256], x)], output: u8("y", [256], y), ...(options ? { options } : {}) }, [ALL]);

  compare("LOGISTIC", (random) => {
    const [x, y] = [randomQ(random), random() < 0.5 ? { scale: 1 / 256, zeroPoint: 0 } : randomQ(random)];
    const expected = ALL.map((v) => {
      const real = f((v - x.zeroPoint) * x.scale);
      const e = Math.exp(real);
      const g = real > 100 ? 1 : real < -100 ? 0 : f(e / (1 + e));
      return rne(clamp(f(f(g * f(1 / y.scale)) + y.zeroPoint)));
    });
    return { actual: unary("LOGISTIC", x, y), expected };
  });

  compare("LEAKY_RELU", (random) => {
    const [x, y, alpha] = [randomQ(random), { scale: f(0.05 + random()), zeroPoint: 77 }, f(0.6 + random())];
    const ratio = f(x.scale / y.scale);
    const p = rne(f(256 * ratio));
    const n = rne(f(256 * f(ratio * alpha)));
    const expected = ALL.map((v) => {
      const d = v - x.zeroPoint;
      return clamp(((d * (d >= 0 ? p : n) + 128) >> 8) + y.zeroPoint);
    });
    const actual = unary("LEAKY_RELU", x, y, { 0: { float32: alpha } });
    return ratio >= 2 ** -7 ? { actual, expected } : { actual: [], expected: [] };
  });

  compare("QUANTIZE to uint8", (random) => {
    const [x, y] = [randomQ(random), { scale: f(0.3 + random()), zeroPoint: Math.floor(random() * 256) }];
    const m = rne(f(256 * f(x.scale / y.scale)));
    const expected = ALL.map((v) => clamp(((y.zeroPoint << 8) - m * x.zeroPoint + 128 + v * m) >> 8));
    return { actual: unary("QUANTIZE", x, y), expected };
  });

  compare("SOFTMAX", (random) => {
    const x = { scale: f(0.02 + random() / 8), zeroPoint: Math.floor(random() * 256) };
    const row = Array.from({ length: 10 }, () => Math.floor(random() * 256));
    const most = Math.max(...row);
    const k = f(-x.scale);
    const table = ALL.map((v) => f(Math.exp(f(k * v))));
    const terms = row.map((v) => table[most - v] as number);
    const inverse = f(1 / f(terms.reduce((sum, t) => f(sum + t), 0) * (1 / 256)));
    const expected = terms.map((t) => clamp(Math.trunc(f(f(t * inverse) + 0.5))));
    const y = u8("y", [1, 10], { scale: 1 / 256, zeroPoint: 0 });
    const options = { 0: { float32: 1 } };
    return { actual: run({ kind: "SOFTMAX", inputs: [u8("x", [1, 10], x)], output: y, options }, [row]), expected };
  });

  compare("AVERAGE_POOL_2D rounds on raw values", (random) => {
    const q = randomQ(random);
    const pixels = Array.from({ length: 9 }, () => Math.floor(random() * 256));
    const options = { 0: { int8: 1 }, 1: { int32: 1 }, 2: { int32: 1 }, 3: { int32: 2 }, 4: { int32: 2 } };
    const expected = [0, 1, 3, 4].map((at) => {
      const sum = [0, 1, 3, 4].reduce((total, step) => total + (pixels[at + step] as number), 0);
      return (sum + 2) >> 2;
    });
    const spec = {
      kind: "AVERAGE_POOL_2D",
      inputs: [u8("x", [1, 3, 3, 1], q)],
      output: u8("y", [1, 2, 2, 1], q),
      options,
    };
    return { actual: run(spec, [pixels]), expected };
  });

  compare("MAX_POOL_2D with RELU6", (random) => {
    const q = randomQ(random);
    const options = {
      0: { int8: 1 },
      1: { int32: 1 },
      2: { int32: 1 },
      3: { int32: 1 },
      4: { int32: 1 },
      5: { int8: 3 },
    };
    const spec = {
      kind: "MAX_POOL_2D",
      inputs: [u8("x", [1, 16, 16, 1], q)],
      output: u8("y", [1, 16, 16, 1], q),
      options,
    };
    return { actual: run(spec, [ALL]), expected: ALL.map((v) => clamp(v, ...relu6(q))) };
  });

  compare("MEAN", (random) => {
    const [x, y] = [randomQ(random), randomQ(random)];
    const pixels = Array.from({ length: 90 }, () => Math.floor(random() * 256));
    const sc = f(f(x.scale / y.scale) * f(1 / 9));
    const z = f(y.zeroPoint - f(f(9 * x.zeroPoint) * sc));
    const expected = Array.from({ length: 10 }, (_, c) => {
      let sum = 0;
      for (let i = 0; i < 9; i++) sum += pixels[10 * i + c] as number;
      return rne(clamp(f(f(f(sum) * sc) + z)));
    });
    const inputs = [u8("x", [1, 3, 3, 10], x), int32("axes", 1, 2)];
    return { actual: run({ kind: "MEAN", inputs, output: u8("y", [1, 10], y) }, [pixels]), expected };
  });

  compare("ADD with RELU6", (random) => {
    const [a, b, y] = [randomQ(random), randomQ(random), randomQ(random)];
    const [ra, rb] = [f(a.scale / y.scale), f(b.scale / y.scale)];
    const shift = 20 - Math.floor(Math.log2(Math.max(ra, rb)));
    const [ma, mb] = [rne(ra * 2 ** shift), rne(rb * 2 ** shift)];
    const other = ALL.map((v) => (v * 89 + 31) & 255);
    const bias = 2 ** (shift - 1) - ma * a.zeroPoint - mb * b.zeroPoint;
    const expected = ALL.map((v, i) => {
      const sum = Math.floor((bias + v * ma + (other[i] as number) * mb) / 2 ** shift);
      return clamp(clamp(sum + y.zeroPoint), ...relu6(y));
    });
    const inRange = [ra, rb].every((r) => r >= 2 ** -10 && r < 256);
    const inputs = [u8("a", [256], a), u8("b", [256], b)];
    const actual = run({ kind: "ADD", inputs, output: u8("y", [256], y), options: { 0: { int8: 3 } } }, [ALL, other]);
    return inRange ? { actual, expected } : { actual: [], expected: [] };
  });

  compare("MUL with RELU6", (random) => {
    const [a, b, y] = [randomQ(random), randomQ(random), randomQ(random)];
    const s = f(f(a.scale * b.scale) / y.scale);
    const other = ALL.map((v) => (v * 89 + 31) & 255);
    const expected = ALL.map((v, i) => {
      const product = (v - a.zeroPoint) * ((other[i] as number) - b.zeroPoint);
      return clamp(clamp(rne(f(f(product) * s)) + y.zeroPoint), ...relu6(y));
    });
    const inputs = [u8("a", [256], a), u8("b", [256], b)];
    const actual = run({ kind: "MUL", inputs, output: u8("y", [256], y), options: { 0: { int8: 3 } } }, [ALL, other]);
    return { actual, expected };
  });

  compare("CONCATENATION rescales inputs that differ", (random) => {
    const [a, y] = [randomQ(random), randomQ(random)];
    const r = f(a.scale * f(1 / y.scale));
    const expected = ALL.map((v) => clamp(rha(f(f(v * r) + f(-a.zeroPoint * r))) + y.zeroPoint));
    const inputs = [u8("a", [256], a), u8("b", [4], y)];
    const actual = run({ kind: "CONCATENATION", inputs, output: u8("y", [260], y) }, [ALL, [1, 2, 3, 4]]);
    return { actual, expected: [...expected, 1, 2, 3, 4] };
  });

  // Random parameters hardly ever hit these: adding the zero point rounds to another float32 when it is 128 lower.
  test("a clamp that int8 would round the other way", () => {
    const q = { scale: 0.26666662096977234, zeroPoint: 50 };
    const options = {
      0: { int8: 1 },
      1: { int32: 1 },
      2: { int32: 1 },
      3: { int32: 1 },
      4: { int32: 1 },
      5: { int8: 3 },
    };
    const [x, y] = [u8("x", [1, 1, 1, 1], q), u8("y", [1, 1, 1, 1], q)];
    expect(run({ kind: "MAX_POOL_2D", inputs: [x], output: y, options }, [[255]])).toEqual([72]);
    const inputs = [u8("a", [1], q), u8("b", [1], q)];
    expect(run({ kind: "ADD", inputs, output: u8("y", [1], q), options: { 0: { int8: 3 } } }, [[255], [255]])).toEqual([
      72,
    ]);
  });

  test("a mean that int8 would round the other way", () => {
    const x = u8("x", [1, 7, 7, 1], { scale: 0.43000274896621704, zeroPoint: 29 });
    const y = u8("y", [1, 1], { scale: 0.4187197983264923, zeroPoint: 181 });
    const pixels = Array.from({ length: 49 }, (_, i) => (i < 47 ? 12 : 11));
    expect(pixels.reduce<number>((sum, pixel) => sum + pixel, 0)).toBe(586);
    expect(run({ kind: "MEAN", inputs: [x, int32("axes", 1, 2)], output: y }, [pixels])).toEqual([163]);
  });

  for (const hasBias of [true, false]) {
    compare(`CONV_2D with RELU6 by ${hasBias ? "XNNPACK" : "the built-in kernel"}`, (random) => {
      const [x, y] = [randomQ(random), randomQ(random)];
      const w = { scale: 2 ** -Math.floor(random() * 9), zeroPoint: Math.floor(random() * 256) };
      const pixels = Array.from({ length: 40 }, () => Math.floor(random() * 256));
      const weights = Array.from({ length: 12 }, () => Math.floor(random() * 256));
      const bias = hasBias ? [Math.floor(random() * 2000 - 1000), 0, 77] : [0, 0, 0];
      const expected = Array.from({ length: 30 }, (_, i) => {
        const [row, c] = [Math.floor(i / 3), i % 3];
        let acc = bias[c] as number;
        for (let k = 0; k < 4; k++) {
          acc += ((pixels[4 * row + k] as number) - x.zeroPoint) * ((weights[4 * c + k] as number) - w.zeroPoint);
        }
        const product = f(x.scale * w.scale);
        const scaled = hasBias ? rne(f(f(acc) * f(product / y.scale))) : twice(acc, product / y.scale);
        const low = Math.max(0, y.zeroPoint);
        const high = Math.min(255, y.zeroPoint + rha(f(6 / y.scale)));
        return clamp(scaled + y.zeroPoint, ...(hasBias ? relu6(y) : ([low, high] as const)));
      });
      const inputs = [
        u8("x", [1, 2, 5, 4], x),
        u8("w", [3, 1, 1, 4], w, { data: weights }),
        hasBias ? { name: "b", type: "INT32", shape: [3], data: bias } : null,
      ];
      const options = { 0: { int8: 1 }, 1: { int32: 1 }, 2: { int32: 1 }, 3: { int8: 3 } };
      const actual = run({ kind: "CONV_2D", inputs, output: u8("y", [1, 2, 5, 3], y), options }, [pixels]);
      const ratio = f(f(x.scale * w.scale) / y.scale);
      return ratio < 256 ? { actual, expected } : { actual: [], expected: [] };
    });
  }
});
