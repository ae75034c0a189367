import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { viewOf } from "../../../host/core/dtype.js";
import type { ModelData } from "../../../host/core/model.js";
import { elementCount } from "../../../host/core/shape.js";
import { supportedTfliteOperators } from "../../../host/import/index.js";
import { runReference } from "../../../host/reference/index.js";
import { attempt, type Outcome } from "./attempt.js";
import { type Field, type OperatorSpec, type TensorSpec, writeTflite } from "./write-tflite.js";

const RUNS = 12_000;
const SEED = 7;

/** Well-formed files that say odd things: any operator on any tensors with any options. */
const dimension = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 1, 8, 0, -1));
const shape = fc.oneof(
  fc.constantFrom([1, 4, 4, 2], [1, 4, 4, 2], [2, 3, 3, 2], [1, 8], [8], [4, 2], [2, 2, 2, 2], []),
  fc.array(dimension, { maxLength: 5 }),
);
const type = fc.constantFrom("INT8", "INT8", "INT8", "UINT8", "UINT8", "FLOAT32", "INT32", "INT64", "FLOAT16", "INT16");
const scale = fc.oneof(
  fc.constantFrom<number | number[] | null>(0.5, 0.25, 1 / 256, [0.5, 0.25], 1e-30, 1e30, null, 0, Number.NaN),
  fc.constant(0.5),
);
const common = { shape, type, scale, zeroPoint: fc.constantFrom(0, 0, 1, -128, 127, 128, 255, 300), axis: fc.nat(3) };
const value = fc.integer({ min: -2, max: 4 });
const data = fc.option(fc.array(value, { minLength: 1, maxLength: 8 }), { freq: 3 });
const odd = fc.record({ ...common, data });
/** Axes, sizes, shapes, permutations. */
const parameter = fc.record({
  shape: fc.constantFrom([1], [2], [4], [], [4, 2]),
  type: fc.constant("INT32"),
  scale: fc.constant(null),
  zeroPoint: fc.constant(0),
  axis: fc.constant(0),
  data: fc.oneof(
    fc.constantFrom([1, 2], [0], [1], [0, 3, 1, 2], [1, 1, 1, 1], [2, 2]),
    fc.array(value, { minLength: 1, maxLength: 4 }),
  ),
});
/** A model's tensors mostly are of one kind. */
const tensors = fc
  .record({ shape, type, scale: fc.constantFrom(0.5, 1 / 256), zeroPoint: fc.constantFrom(0, 1), axis: fc.constant(0) })
  .chain((main) => {
    const plain = fc.record({ data }).map((own) => ({ ...main, ...own }));
    return fc.array(
      fc.oneof({ weight: 6, arbitrary: plain }, { weight: 3, arbitrary: parameter }, { weight: 2, arbitrary: odd }),
      { minLength: 4, maxLength: 9 },
    );
  });
const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ int8: fc.constantFrom(0, 0, 1, 1, 2, 3, 4) }),
  fc.record({ int32: fc.constantFrom(1, 1, 1, 2, 2, 3, 0, -1) }),
  fc.record({ float32: fc.constantFrom(1, 0.5, -3, 0, Number.NaN, 1e30) }),
  fc.record({ int32s: fc.array(value, { maxLength: 4 }) }),
);
const kinds = [...supportedTfliteOperators(), "SHAPE", "CAST", "GATHER", "FILL", "REDUCE_PROD", "MAXIMUM", "ELU"];
const operator = fc.record({
  kind: fc.constantFrom(...kinds),
  reads: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
  absent: fc.nat(20),
  writes: fc.array(fc.nat(), { minLength: 1, maxLength: 2 }),
  options: fc.dictionary(fc.constantFrom("0", "1", "2", "3", "4", "5"), field),
});

interface Draft {
  readonly tensors: readonly (Omit<TensorSpec, "name" | "data"> & { readonly data: readonly number[] | null })[];
  readonly operators: readonly {
    readonly kind: string;
    readonly reads: readonly number[];
    readonly absent: number;
    readonly writes: readonly number[];
    readonly options: Readonly<Record<number, Field>>;
  }[];
}

/** Constants get as many elements as their shape says; mostly, operators read what came before and write what is new. */
function specOf({ tensors, operators }: Draft) {
  const named = tensors.map(({ data, ...rest }, i): TensorSpec => {
    const count = rest.shape.reduce((product, d) => product * Math.max(d, 0), 1);
    if (data === null || count > 4096) return { name: `t${i}`, ...rest };
    const unsigned = rest.type === "UINT8" || rest.type === "FLOAT16";
    const elements = Array.from({ length: count }, (_, k) => data[k % data.length] as number);
    return { name: `t${i}`, ...rest, data: unsigned ? elements.map(Math.abs) : elements };
  });
  const free = named.filter((t) => t.data === undefined).map((t) => t.name);
  const inputs = free.slice(0, Math.max(1, free.length >> 1));
  const results = free.slice(inputs.length);
  const written: string[] = [];
  const specs: OperatorSpec[] = [];
  for (const { kind, reads, absent, writes, options } of operators) {
    const known = [...named.filter((t) => t.data !== undefined).map((t) => t.name), ...inputs, ...written];
    const outputs = writes.map(() => results.shift()).filter((name) => name !== undefined);
    if (known.length === 0 || outputs.length === 0) break;
    const operands = reads.map((n, i) => (i === absent ? null : (known[n % known.length] as string)));
    specs.push({ kind, inputs: operands, outputs, options });
    written.push(...outputs);
  }
  return { tensors: named, operators: specs, inputs, outputs: written.length > 0 ? written : inputs };
}

/** A graph that verifies must also compute. */
function run(model: ModelData): void {
  const inputs = model.inputs.map((index) => {
    const { dtype, shape: dimensions } = model.tensors[index]!;
    const count = elementCount(dimensions);
    return viewOf(dtype, new ArrayBuffer(8 * count), 0, count);
  });
  runReference(model, inputs);
}

describe("well-formed files that say odd things", () => {
  test("each is refused in one line or becomes a graph that verifies and computes", () => {
    const outcomes: Record<Outcome, number> = { malformed: 0, unsupported: 0, imported: 0 };
    const imported = new Set<string>();
    const draft = fc.record({ tensors, operators: fc.array(operator, { minLength: 1, maxLength: 3 }) });
    fc.assert(
      fc.property(draft, (drafted) => {
        const spec = specOf(drafted);
        const outcome = attempt(writeTflite(spec), run);
        outcomes[outcome]++;
        if (outcome === "imported") for (const { kind } of spec.operators) imported.add(kind);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(outcomes.imported).toBeGreaterThan(100);
    expect(outcomes.unsupported).toBeGreaterThan(1000);
    expect(imported.size).toBeGreaterThan(15);
  });
});
