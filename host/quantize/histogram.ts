import { splitExponent } from "../core/rounding.js";

/** Bins on either side of zero. */
const HALF = 2048;

/**
 * How often which values occur, in constant memory whatever comes: 2 · 2048 equal bins around zero, whose width is a
 * power of two. A value outside doubles the width until it fits, which merges bins in pairs and so loses no count.
 *
 *     bin   0 … 2047 | 2048 … 4095
 *          negative  0  positive        bin i holds [(i − 2048) · width, (i − 2047) · width)
 *
 * Exact zeros are counted apart: they are exact in every quantization, and after a relu they are most values.
 */
export interface Histogram {
  /** 0 while only zeros came. */
  width: number;
  zeros: number;
  readonly counts: Float64Array;
}

/** The bin of value 0. */
export const ZERO_BIN = HALF;

export function emptyHistogram(): Histogram {
  return { width: 0, zeros: 0, counts: new Float64Array(2 * HALF) };
}

/** Counts `values`, none of which is farther from 0 than `largest`, a finite number. */
export function countValues(histogram: Histogram, values: Float32Array, largest: number): void {
  growTo(histogram, largest);
  const { counts, width } = histogram;
  if (width === 0) {
    histogram.zeros += values.length;
    return;
  }
  const inverse = 1 / width;
  let zeros = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === 0) zeros++;
    else counts[Math.floor(value * inverse) + HALF]!++;
  }
  histogram.zeros += zeros;
}

/** Adds the counts of `other`. */
export function mergeHistogram(histogram: Histogram, other: Histogram): void {
  histogram.zeros += other.zeros;
  if (other.width === 0) return;
  if (histogram.width === 0) histogram.width = other.width;
  const [fine, coarse] = other.width < histogram.width ? [other, histogram] : [histogram, other];
  const scaled = { ...fine, counts: fine.counts.slice() };
  while (scaled.width < coarse.width) double(scaled);
  const { counts } = coarse === other ? other : scaled;
  if (coarse === other) histogram.counts.set(scaled.counts);
  histogram.width = coarse.width;
  for (let i = 0; i < counts.length; i++) histogram.counts[i]! += counts[i] as number;
}

/** Makes room for values up to `largest` on either side. */
function growTo(histogram: Histogram, largest: number): void {
  if (largest === 0) return;
  // 2^exponent is above `largest`, so that the last bin's open end is never needed.
  if (histogram.width === 0) histogram.width = 2 ** splitExponent(largest).exponent / HALF;
  while (histogram.width * HALF <= largest) double(histogram);
}

/** Bins 2i and 2i + 1 become one; zero stays where it is, because it is a border between bins. */
function double(histogram: Histogram): void {
  const { counts } = histogram;
  const merged = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) merged[(i + HALF) >> 1]! += counts[i] as number;
  counts.set(merged);
  histogram.width *= 2;
}
