/**
 * Interleaved timing. Machines drift: clock speed, neighbours, heat. Short windows in random order let every contender see
 * the same machine; the median over many windows drops what hits one of them. Web-standard: suites import it.
 *
 * @typedef {{ run: () => void }} Contender
 * @typedef {object} Pace
 * @property {number} rounds     windows per contender
 * @property {number} windowMs   short beside a scheduler's time slice, long beside the clock's step
 * @property {number} warmUpMs   of each contender before anything counts
 * @property {number} warmUpRuns at least as many runs
 * @property {boolean} settle    one run, not timed, before each window: so that what others left in the caches does not count
 */

/** @type {Pace} */
const DEFAULTS = { rounds: 150, windowMs: 1, warmUpMs: 600, warmUpRuns: 30, settle: false };

/** Milliseconds per run over `runs` runs. */
function time({ run }, runs) {
  const start = performance.now();
  for (let i = 0; i < runs; i++) run();
  return (performance.now() - start) / runs;
}

/**
 * Warms up, chooses the runs per window, then times `rounds` windows of each contender.
 *
 * @param {Contender[]} contenders
 * @param {Partial<Pace>} [pace]
 * @returns {Timing[]} per contender, in order
 */
export function interleave(contenders, pace) {
  const { rounds, windowMs, settle, ...warmth } = { ...DEFAULTS, ...pace };
  const runsPerWindow = warmUp(contenders, windowMs, warmth);
  const windows = contenders.map(() => []);
  const random = mulberry32(1);
  const order = contenders.map((_, i) => i);
  for (let round = 0; round < rounds; round++) {
    shuffle(order, random);
    for (const i of order) {
      if (settle) contenders[i].run();
      windows[i].push(time(contenders[i], runsPerWindow[i]));
    }
  }
  return windows.map((times, i) => summarize(times, runsPerWindow[i]));
}

/**
 * @typedef {{ median: number, p90: number, min: number, iterations: number }} Timing  milliseconds per run, and runs
 * @returns {Timing}
 */
export function summarize(times, runsPerWindow = 1) {
  return {
    median: median(times),
    p90: quantile(times, 0.9),
    min: Math.min(...times),
    iterations: times.length * runsPerWindow,
  };
}

/**
 * Runs everybody, by turns, until each has had its share of time and of runs. By turns, so that the functions V8 compiles
 * again on another thread while one is at work are there when its next turn comes.
 *
 * @returns {number[]} runs that fill a window, at least one
 */
function warmUp(contenders, windowMs, { warmUpMs, warmUpRuns }) {
  const spent = contenders.map(() => ({ ms: 0, runs: 0 }));
  const perRun = contenders.map((contender) => time(contender, 1));
  const isCold = ({ ms, runs }) => ms < warmUpMs || runs < warmUpRuns;
  while (spent.some(isCold)) {
    contenders.forEach((contender, i) => {
      const runs = fill(10 * windowMs, perRun[i]);
      perRun[i] = time(contender, runs);
      spent[i].ms += perRun[i] * runs;
      spent[i].runs += runs;
    });
  }
  return perRun.map((ms) => fill(windowMs, ms));
}

/** A coarse clock can say 0 for a short run. */
const fill = (windowMs, msPerRun) => Math.max(1, Math.round(windowMs / Math.max(msPerRun, 1e-5)));

/** Nearest-rank quantile of unsorted numbers, `q` in 0..1. */
export function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const median = (values) => quantile(values, 0.5);

export const geometricMean = (values) => Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

function shuffle(items, random) {
  for (let i = items.length - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1));
    [items[i], items[k]] = [items[k], items[i]];
  }
}

/** Seeded generator (Tommy Ettinger's mulberry32, public domain): two runs of the bench use the same orders. */
export function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
