import { describe, expect, test } from "vitest";
import { CALIBRATORS, calibratorOf } from "../../host/quantize/calibrators/index.js";
import { squaredError } from "../../host/quantize/calibrators/mse.js";
import { emptyObservation, mergeObservations, type Observation, observe } from "../../host/quantize/observation.js";
import { activationParams, type Range } from "../../host/quantize/scheme.js";
import { noise } from "./models.js";

const params = (range: Range) => activationParams(range, { symmetric: false, powerOfTwo: false });

function seen(samples: readonly Float32Array[], momentum = 0.01): Observation {
  const observation = emptyObservation(1);
  for (const sample of samples) expect(observe(observation, sample, momentum)).toBeUndefined();
  return observation;
}

/** Sums of twelve uniform values: near enough to a normal distribution with deviation 1. */
function bell(count: number, seed: number): Float32Array {
  const parts = noise(12 * count, seed);
  return Float32Array.from(
    { length: count },
    (_, i) => parts.subarray(12 * i, 12 * i + 12).reduce((a, b) => a + b) / 2,
  );
}

describe("calibrators", () => {
  test("min-max takes all, moving-average follows slowly", () => {
    const observation = seen([Float32Array.of(-1, 2), Float32Array.of(-3, 1), Float32Array.of(0, 10)], 0.5);
    expect(calibratorOf("min-max")(observation, params)).toEqual({ min: -3, max: 10 });
    // Min: −1, then −2, then −1. Max: 2, then 1.5, then 5.75.
    expect(calibratorOf("moving-average")(observation, params)).toEqual({ min: -1, max: 5.75 });
  });

  test("percentile cuts half of the rest off at either end", () => {
    const values = Float32Array.from({ length: 2000 }, (_, i) => i - 999.5);
    const { min, max } = calibratorOf("percentile", 90)(seen([values]), params);
    // 100 values on either side may lie outside; bins are one wide.
    expect(min).toBeGreaterThanOrEqual(-901);
    expect(min).toBeLessThanOrEqual(-898);
    expect(max).toBeGreaterThanOrEqual(898);
    expect(max).toBeLessThanOrEqual(901);
    expect(calibratorOf("percentile", 100)(seen([values]), params)).toEqual({ min: -999.5, max: 999.5 });
  });

  test("mse has no more error than any range of a fine grid has, to 1 %", () => {
    const values = bell(20000, 5);
    values[0] = 60;
    const observation = seen([values]);
    const found = squaredError(observation, params(calibratorOf("mse")(observation, params)));
    let least = Number.POSITIVE_INFINITY;
    for (let low = 0.25; low <= 6; low += 0.125) {
      for (let high = 0.25; high <= 60; high += 0.125) {
        least = Math.min(least, squaredError(observation, params({ min: -low, max: high })));
      }
    }
    expect(found).toBeLessThan(1.01 * least);
    expect(found).toBeLessThan(0.98 * squaredError(observation, params(observation)));
  });

  test("entropy cuts off an outlier, and leaves an even distribution as it is", () => {
    const values = bell(20000, 5);
    values[0] = 40;
    const { max } = calibratorOf("entropy")(seen([values]), params);
    expect(max).toBeGreaterThan(2);
    expect(max).toBeLessThan(20);
    const even = seen([noise(100000, 9)]);
    expect(calibratorOf("entropy")(even, params)).toEqual({ min: even.min, max: even.max });
  });

  test.each(CALIBRATORS)("%s: no range is wider than what was seen, and one-sided values stay so", (name) => {
    const observation = seen([bell(1000, 3).map(Math.abs), bell(1000, 4).map(Math.abs)]);
    const { min, max } = calibratorOf(name)(observation, params);
    expect(max).toBeLessThanOrEqual(observation.max);
    expect(max).toBeGreaterThan(0.5);
    expect(Math.min(min, 0)).toBe(0);
    expect(params({ min, max }).zeroPoint).toBe(-128);
  });

  test("two tensors as one", () => {
    const [a, b] = [seen([Float32Array.of(-1, 2, 0)]), seen([Float32Array.of(5, -0.5, 0)])];
    const { histogram, ...merged } = mergeObservations([a, b]);
    expect(merged).toEqual({
      min: -1,
      max: 5,
      averageMin: -1,
      averageMax: 5,
      samples: 1,
      channelSums: new Float64Array(0),
    });
    expect(histogram.zeros).toBe(2);
    expect(mergeObservations([a])).toBe(a);
  });

  test("values that are not finite are found and not counted", () => {
    const observation = emptyObservation(1);
    expect(observe(observation, Float32Array.of(1, Number.NaN), 1)).toBeNaN();
    expect(observe(observation, Float32Array.of(1, Number.NEGATIVE_INFINITY), 1)).toBe(Number.NEGATIVE_INFINITY);
    expect(observation).toEqual(emptyObservation(1));
  });
});
