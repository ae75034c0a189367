/** Clocks and statistics. Times are in microseconds. */

export interface RunTimes {
  readonly runs: number;
  /** The first run: code is compiled on the way, caches are cold. */
  readonly firstUs: number;
  /** Median over all runs after the first; of the first where there is no other. */
  readonly medianUs: number;
}

export interface BenchTimes {
  readonly windows: number;
  readonly runsPerWindow: number;
  /** Per run, over windows. */
  readonly medianUs: number;
  readonly p90Us: number;
  readonly minUs: number;
}

const WINDOW_US = 1000;
const WARM_UP_SHARE = 0.25;

/** Times `count` runs, each on its own. */
export function timeRuns(run: () => void, count: number): RunTimes {
  const firstUs = time(run, 1);
  const rest = Array.from({ length: count - 1 }, () => time(run, 1));
  return { runs: count, firstUs: round(firstUs), medianUs: round(rest.length > 0 ? quantile(rest, 0.5) : firstUs) };
}

/**
 * Times `run` for about `seconds`, in windows of about a millisecond: long enough for the clock, short enough that the
 * median drops what the machine did meanwhile. A quarter more goes into warming up.
 */
export function timeWindows(run: () => void, seconds: number): BenchTimes {
  const warmUp = deadlineAfter(seconds * WARM_UP_SHARE);
  let perRun = time(run, 1);
  do perRun = time(run, fill(WINDOW_US, perRun));
  while (performance.now() < warmUp);
  const runsPerWindow = fill(WINDOW_US, perRun);
  const windows: number[] = [];
  const end = deadlineAfter(seconds);
  do windows.push(time(run, runsPerWindow));
  while (performance.now() < end);
  return {
    windows: windows.length,
    runsPerWindow,
    medianUs: round(quantile(windows, 0.5)),
    p90Us: round(quantile(windows, 0.9)),
    minUs: round(quantile(windows, 0)),
  };
}

/** Nearest-rank quantile of at least one number, `q` from 0 to 1. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
}

/** Microseconds per run over `runs` runs. */
function time(run: () => void, runs: number): number {
  const start = performance.now();
  for (let i = 0; i < runs; i++) run();
  return ((performance.now() - start) * 1000) / runs;
}

/** No clock is good for more than six digits. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}

function fill(windowUs: number, perRun: number): number {
  return Math.max(1, Math.round(windowUs / Math.max(perRun, 0.001)));
}

function deadlineAfter(seconds: number): number {
  return performance.now() + seconds * 1000;
}
