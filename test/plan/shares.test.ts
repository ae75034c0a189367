import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divide, type Share } from "../../host/plan/shares.js";

const MUCH = 1e9;
const tilesOf = ({ begin, end }: Share) => end - begin;
const only = (tiles: number, work: number, threads: number) => divide([{ tiles, work }], threads)[0];

test("the shares of a step are neighbours, in order of thread, and their chunks cover every tile once", () => {
  const steps = fc.array(fc.record({ tiles: fc.nat(5000), work: fc.nat(200_000) }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 2, max: 64 }), (list, threads) => {
      const division = divide(list, threads);
      expect(division).toHaveLength(list.length);
      for (const [i, { tiles }] of list.entries()) {
        const shares = division[i];
        if (!shares) continue;
        expect(shares).toHaveLength(threads);
        expect(shares[0]!.chunks).toBeGreaterThan(0); // by which Wasm knows a shared step
        let next = 0;
        for (const { begin, end, size, chunks } of shares) {
          expect(begin).toBe(next);
          expect(size).toBeGreaterThan(0);
          // The last chunk is cut at `end`, and none is empty.
          expect(begin + chunks * size).toBeGreaterThanOrEqual(end);
          expect(begin + (chunks - 1) * size).toBeLessThan(end);
          next = end;
        }
        expect(next).toBe(tiles);
      }
    }),
  );
});

test("no two shares differ by more than a tile", () => {
  for (const [tiles, threads] of [
    [7, 2],
    [49, 3],
    [112, 5],
  ] as const) {
    const sizes = only(tiles, MUCH, threads)!.map(tilesOf);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
});

test("a step with one tile, or with too little work, is not shared", () => {
  expect(only(1, MUCH, 2)).toBeUndefined();
  expect(only(0, MUCH, 2)).toBeUndefined();
  expect(only(100, 10, 2)).toBeUndefined();
  expect(only(100, MUCH, 2)!.map(tilesOf)).toEqual([50, 50]);
});

test("a step with little work, or few tiles, is shared by the first threads", () => {
  expect(only(2, MUCH, 4)!.map(({ chunks }) => chunks)).toEqual([1, 1, 0, 0]);
  const some = only(100, 1000, 8)!.map(({ chunks }) => chunks);
  expect(some.slice(0, 2)).toEqual([1, 1]);
  expect(some[7]).toBe(0);
});

describe("chunks", () => {
  test("a long step has several, a short one whole shares", () => {
    const long = only(112, MUCH, 2)!;
    expect(Math.min(...long.map(({ chunks }) => chunks))).toBeGreaterThan(1);
    expect(only(112, 2000, 2)!.map(({ chunks }) => chunks)).toEqual([1, 1]);
  });

  test("there are never more than an offer can count", () => {
    for (const threads of [2, 64]) {
      for (const { chunks } of only(1e6, Number.POSITIVE_INFINITY, threads)!) expect(chunks).toBeLessThan(1024 - 64);
    }
  });
});
