/** What integers stand for in multiples of a scale: themselves, or entries of a codebook. */
export interface Levels {
  /** The level that is nearest to `x`. */
  nearest(x: number): number;
  multiple(level: number): number;
}

const SWEEPS = 20;

/**
 * Rounds the weights of one output channel so that their errors cancel. Starts from the nearest levels; then each weight is moved
 * to another level as long as that makes
 *
 *     Σ e_i²  +  Σ_k (Σ_{i of input channel k} e_i)²  +  (Σ e_i)²        e_i = scale_i · multiple(level_i) − w_i
 *
 * smaller, one after the other, until none moves. The inputs of a layer have a mean, and neighbouring pixels are alike: what such
 * inputs make of errors are these sums, and nearest rounding lets them grow with the number of weights. No samples are needed.
 * After SQuant (Guo et al., 2022), which has the same three terms.
 *
 * @param scales one per weight
 * @param period weights i and i + period belong to one input channel
 * @param sweeps how often each weight is looked at, at most; 0 leaves the nearest levels
 */
export function cancelErrors(
  weights: Float32Array,
  scales: Float64Array,
  { nearest, multiple }: Levels,
  period: number,
  sweeps = SWEEPS,
): Int32Array {
  const chosen = Int32Array.from(weights, (value, i) => nearest(value / (scales[i] as number)));
  const errors = Float64Array.from(
    weights,
    (value, i) => (scales[i] as number) * multiple(chosen[i] as number) - value,
  );
  const sums = new Float64Array(period);
  errors.forEach((error, i) => {
    sums[i % period]! += error;
  });
  let total = sums.reduce((sum, value) => sum + value, 0);
  for (let sweep = 0, moved = true; moved && sweep < sweeps; sweep++) {
    moved = false;
    for (let i = 0; i < errors.length; i++) {
      const scale = scales[i] as number;
      // The sum of squares is a parabola of this weight's value; a third of the slope leads to its lowest point.
      const slope = (errors[i] as number) + (sums[i % period] as number) + total;
      const old = multiple(chosen[i] as number);
      const level = nearest(old - slope / (3 * scale));
      const change = (multiple(level) - old) * scale;
      if (change * (2 * slope + 3 * change) >= 0) continue;
      chosen[i] = level;
      errors[i]! += change;
      sums[i % period]! += change;
      total += change;
      moved = true;
    }
  }
  return chosen;
}
