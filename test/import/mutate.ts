import fc from "fast-check";

/** One edit of the bytes of a foreign file, wherever it is. Positions are fractions of the file. */
export type Mutation =
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
/** One to four edits of a file. */
export const mutant = fc.oneof(
  { weight: 4, arbitrary: fc.array(edit, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(edit, cut), { minLength: 1, maxLength: 4 }) },
);

/** The file with all edits applied, one after the other; an empty file stays empty. */
export function mutateAll(bytes: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  return mutations.reduce((file, step) => (file.length === 0 ? file : mutate(file, step)), bytes);
}

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
