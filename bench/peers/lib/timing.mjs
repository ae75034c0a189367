/**
 * Interleaved timing. Machines drift: clock speed, neighbours, heat. Windows of about a millisecond in random order let
 * every contender see the same machine; the median over many windows drops what hits one of them.
 *
 * @typedef {{ run: () => void }} Contender
 */

const WINDOW_MS = 1;
const WARM_UP_MS = 600;
const WARM_UP_RUNS = 30;

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
 * @param {{ rounds: number, seed?: number }} options
 * @returns {{ windows: number[], runsPerWindow: number }[]}  per contender, in order; windows in ms per run
 */
export function interleave(contenders, { rounds, seed = 1 }) {
  const runsPerWindow = warmUp(contenders);
  const windows = contenders.map(() => []);
  const random = mulberry32(seed);
  const order = contenders.map((_, i) => i);
  for (let round = 0; round < rounds; round++) {
    shuffle(order, random);
    for (const i of order) windows[i].push(time(contenders[i], runsPerWindow[i]));
  }
  return contenders.map((_, i) => ({ windows: windows[i], runsPerWindow: runsPerWindow[i] }));
}

/**
 * Runs everybody, by turns, until each has had its share of time and of runs. By turns, so that the functions V8 compiles
 * again on another thread while one is at work are there when its next turn comes.
 *
 * @returns {number[]} runs that fill a window, at least one
 */
function warmUp(contenders) {
  const spent = contenders.map(() => ({ ms: 0, runs: 0 }));
  const perRun = contenders.map((contender) => time(contender, 1));
  const cold = ({ ms, runs }) => ms < WARM_UP_MS || runs < WARM_UP_RUNS;
  while (spent.some(cold)) {
    contenders.forEach((contender, i) => {
      const runs = fill(10 * WINDOW_MS, perRun[i]);
      perRun[i] = time(contender, runs);
      spent[i].ms += perRun[i] * runs;
      spent[i].runs += runs;
    });
  }
  return perRun.map((ms) => fill(WINDOW_MS, ms));
}

const fill = (windowMs, msPerRun) => Math.max(1, Math.round(windowMs / msPerRun));

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
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
