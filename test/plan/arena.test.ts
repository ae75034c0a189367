import fc from "fast-check";
import { expect, test } from "vitest";
import { arenaBytes, type Buffer, findOverlap, peakLiveBytes, planArena } from "../../host/plan/arena.js";

const buffers = fc.array(
  fc.record({
    bytes: fc.integer({ min: 0, max: 5000 }),
    firstUse: fc.integer({ min: 0, max: 30 }),
    length: fc.nat(10),
  }),
  { maxLength: 40 },
);

function toBuffers(list: { bytes: number; firstUse: number; length: number }[]): Buffer[] {
  return list.map(({ bytes, firstUse, length }, i) => ({ name: `b${i}`, bytes, firstUse, lastUse: firstUse + length }));
}

test("live buffers never overlap, offsets are aligned, the arena holds them all", () => {
  fc.assert(
    fc.property(buffers, fc.constantFrom(0, 64), (list, gap) => {
      const input = toBuffers(list);
      const placed = planArena(input, gap);
      expect(placed.map(({ name }) => name)).toEqual(input.map(({ name }) => name));
      expect(findOverlap(placed)).toBeUndefined();
      // Shrinking the gaps to nothing must not be possible by accident: grown by the gap, buffers still stand apart.
      expect(findOverlap(placed.map((b) => (b.bytes ? { ...b, bytes: b.bytes + gap } : b)))).toBeUndefined();
      for (const { offset, bytes } of placed) {
        expect(offset % 64).toBe(0);
        expect(offset + bytes).toBeLessThanOrEqual(arenaBytes(placed));
      }
      if (gap === 0) expect(arenaBytes(placed)).toBeGreaterThanOrEqual(peakLiveBytes(input));
    }),
    { numRuns: 500 },
  );
});

test("findOverlap finds a seeded overlap and accepts one in time only or in space only", () => {
  const a = { name: "a", bytes: 100, offset: 0, firstUse: 0, lastUse: 2 };
  expect(findOverlap([a, { name: "b", bytes: 10, offset: 64, firstUse: 2, lastUse: 3 }])?.map((b) => b.name)).toEqual([
    "a",
    "b",
  ]);
  expect(findOverlap([a, { name: "b", bytes: 10, offset: 64, firstUse: 3, lastUse: 4 }])).toBeUndefined();
  expect(findOverlap([a, { name: "b", bytes: 10, offset: 128, firstUse: 1, lastUse: 1 }])).toBeUndefined();
});

test("a chain of equal buffers needs two, the lower bound", () => {
  const chain = toBuffers(Array.from({ length: 9 }, (_, i) => ({ bytes: 640, firstUse: i, length: 1 })));
  expect(arenaBytes(planArena(chain))).toBe(1280);
  expect(peakLiveBytes(chain)).toBe(1280);
});
