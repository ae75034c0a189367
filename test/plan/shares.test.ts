import fc from "fast-check";
import { expect, test } from "vitest";
import { divide } from "../../host/plan/shares.js";

const MUCH = 1e9;

test("the shares of a step are neighbours, in order of thread, and cover every tile once", () => {
  const steps = fc.array(fc.record({ tiles: fc.nat(500), work: fc.nat(5000) }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 9 }), (list, threads) => {
      const shares = divide(list, threads);
      expect(shares).toHaveLength(threads);
      for (const [i, { tiles }] of list.entries()) {
        let next = 0;
        for (const own of shares) {
          expect(own[i]!.begin).toBe(next);
          expect(own[i]!.end).toBeGreaterThanOrEqual(next);
          next = own[i]!.end;
        }
        expect(next).toBe(tiles);
        expect(new Set(shares.map((own) => own[i]!.isBarrier)).size).toBe(1);
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
    const sizes = divide([{ tiles, work: MUCH }], threads).map(([share]) => share!.end - share!.begin);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
});

test("a step with one tile, or with too little work, is thread 0's", () => {
  const [first, second] = divide(
    [
      { tiles: 1, work: MUCH },
      { tiles: 100, work: 10 },
      { tiles: 100, work: MUCH },
    ],
    2,
  );
  expect(first!.map(({ begin, end }) => end - begin)).toEqual([1, 100, 50]);
  expect(second!.map(({ begin, end }) => end - begin)).toEqual([0, 0, 50]);
});

test("everybody meets wherever the next step may read what another thread wrote", () => {
  const small = { tiles: 1, work: 1 };
  const large = { tiles: 8, work: MUCH };
  const barriers = (...steps: (typeof small)[]) => divide(steps, 2)[0]!.map(({ isBarrier }) => isBarrier);
  expect(barriers(large, large)).toEqual([true, true]);
  expect(barriers(large, small, large)).toEqual([true, true, true]);
  expect(barriers(small, small, small, large)).toEqual([false, false, true, true]);
});
