import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  countValues,
  emptyHistogram,
  type Histogram,
  mergeHistogram,
  ZERO_BIN,
} from "../../host/quantize/histogram.js";

function of(...parts: readonly (readonly number[])[]): Histogram {
  const histogram = emptyHistogram();
  for (const part of parts) countValues(histogram, Float32Array.from(part), Math.max(...part.map(Math.abs)));
  return histogram;
}

const total = ({ zeros, counts }: Histogram) => counts.reduce((sum, count) => sum + count, zeros);

describe("a histogram", () => {
  test("has a power of two for its width, and room for the largest value", () => {
    const { width, counts } = of([1, -0.25, 0, 0]);
    expect(width).toBe(2 / ZERO_BIN);
    expect(counts[ZERO_BIN + ZERO_BIN / 2]).toBe(1);
    expect(counts[ZERO_BIN - ZERO_BIN / 8]).toBe(1);
  });

  test("counts zeros apart, and has no bins while there is nothing else", () => {
    const histogram = of([0, 0, -0]);
    expect(histogram).toMatchObject({ width: 0, zeros: 3 });
    expect(total(of([0, 0], [0.5]))).toBe(3);
  });

  test("grows by merging pairs of bins", () => {
    const histogram = of([1, -1], [3]);
    expect(histogram.width).toBe(4 / ZERO_BIN);
    expect(histogram.counts[ZERO_BIN + ZERO_BIN / 4]).toBe(1);
    expect(histogram.counts[ZERO_BIN - ZERO_BIN / 4]).toBe(1);
    expect(histogram.counts[ZERO_BIN + (3 * ZERO_BIN) / 4]).toBe(1);
  });

  const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 30 });

  test("loses no value, in whatever order they come", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [once, twice] = [of([...a, ...b]), of(a, b)];
        const merged = of(b);
        mergeHistogram(merged, of(a));
        expect(total(twice)).toBe(a.length + b.length);
        expect(twice).toEqual(once);
        expect(merged).toEqual(once);
      }),
    );
  });
});
