import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attempt, type Outcome } from "./attempt.js";
import { ownModels, sharedModels } from "./model-files.js";

const RUNS = 24_000;
const SEED = 20240607;

/** Small files that between them hold every kind of table the importer reads. */
const own = ownModels();
const shared = sharedModels();
const files: [string, Uint8Array][] = [
  ...["hello_world_int8", "split_concat", "kws_int8"]
    .filter((name) => shared.names.includes(name))
    .map((name): [string, Uint8Array] => [name, shared.read(name)]),
  ...["dynamic_batch", "residual_block", "uint8_in_uint8_out", "strided_slice_shrink", "float32_conv"]
    .filter((name) => own.names.includes(name))
    .map((name): [string, Uint8Array] => [name, own.read(name)]),
];

const RUNS_PER_FILE = Math.ceil(RUNS / files.length);

type Mutation =
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "byte"; readonly at: number; readonly value: number }
  | { readonly kind: "word"; readonly at: number; readonly value: number }
  | { readonly kind: "truncate"; readonly at: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "remove"; readonly at: number; readonly count: number }
  | { readonly kind: "copy"; readonly at: number; readonly from: number; readonly count: number };

/** Positions are fractions of the file, half of them in its first tenth, where vtables and offsets are dense. */
const position = fc
  .tuple(fc.noBias(fc.nat(2 ** 31 - 1)), fc.boolean())
  .map(([x, inFront]) => (x / 2 ** 31) * (inFront ? 0.1 : 1));
const word = fc.oneof(
  fc.integer({ min: 0, max: 64 }),
  fc.constantFrom(0xffffffff, 0x7fffffff, 0x80000000, 0x40000000, 0xfffffff0, 65536, 0x01010101),
  fc.integer({ min: 0, max: 0xffffffff }),
);
/** Edits in place are the ones that reach beyond the file's structure, so most mutants have a few of those. */
const edit: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: position, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant("byte" as const), at: position, value: fc.nat(255) }),
  fc.record({ kind: fc.constant("word" as const), at: position, value: word }),
);
const cut: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("truncate" as const), at: position }),
  fc.record({
    kind: fc.constant("insert" as const),
    at: position,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant("remove" as const), at: position, count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    kind: fc.constant("copy" as const),
    at: position,
    from: position,
    count: fc.integer({ min: 1, max: 64 }),
  }),
);
const mutant = fc.oneof(
  { weight: 4, arbitrary: fc.array(edit, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(edit, cut), { minLength: 1, maxLength: 4 }) },
);

function mutate(bytes: Uint8Array, { at, ...rest }: Mutation): Uint8Array {
  const index = Math.min(Math.floor(at * bytes.length), bytes.length - 1);
  const copy = bytes.slice();
  switch (rest.kind) {
    case "flip":
      copy[index] = (copy[index] as number) ^ (1 << rest.bit);
      return copy;
    case "byte":
      copy[index] = rest.value;
      return copy;
    case "word":
      if (copy.length < 4) return copy;
      new DataView(copy.buffer).setUint32(Math.min(index & ~3, copy.length - 4), rest.value >>> 0, true);
      return copy;
    case "truncate":
      return copy.subarray(0, index);
    case "insert":
      return Uint8Array.of(...copy.subarray(0, index), ...rest.bytes, ...copy.subarray(index));
    case "remove":
      return Uint8Array.of(...copy.subarray(0, index), ...copy.subarray(index + rest.count));
    case "copy": {
      const from = Math.min(Math.floor(rest.from * bytes.length), bytes.length - 1);
      copy.set(bytes.subarray(from, Math.min(from + rest.count, from + bytes.length - index)), index);
      return copy;
    }
  }
}

describe.skipIf(files.length === 0)("mutated files", () => {
  test.each(files)("%s: each is refused in one line or becomes a graph that verifies", (_name, bytes) => {
    const outcomes: Record<Outcome, number> = { malformed: 0, unsupported: 0, imported: 0 };
    const before = process.memoryUsage().rss;
    let slowest = 0;
    fc.assert(
      fc.property(mutant, (mutations) => {
        const file = mutations.reduce((file, step) => (file.length === 0 ? file : mutate(file, step)), bytes);
        const start = performance.now();
        outcomes[attempt(file)]++;
        slowest = Math.max(slowest, performance.now() - start);
      }),
      { numRuns: RUNS_PER_FILE, seed: SEED },
    );
    expect(outcomes.malformed + outcomes.unsupported + outcomes.imported).toBe(RUNS_PER_FILE);
    // Mutants must reach deep: some are refused for what they say, some are still models.
    expect(outcomes.malformed).toBeGreaterThan(0);
    expect(outcomes.imported).toBeGreaterThan(0);
    expect(slowest, "milliseconds of the slowest import").toBeLessThan(2000);
    expect(process.memoryUsage().rss - before, "bytes of memory gained").toBeLessThan(400e6);
  });
});
