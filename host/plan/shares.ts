/**
 * Who runs which tiles. Pure: numbers of tiles and estimates of work in, ranges of tiles and barriers out.
 *
 * Work is in nanoseconds of some ordinary core. It decides only what is too small to be worth another thread, so an
 * estimate that is wrong by a factor of three costs little.
 */

/** A thread gets at least this much of a step: twice what meeting the others and moving the data costs. */
const LEAST_SHARE = 400;
/** A model with less work than this is faster on one thread. */
export const LEAST_WORK = 10_000;

export interface Share {
  readonly begin: number;
  readonly end: number;
  /** Everyone waits here for everyone else. */
  readonly isBarrier: boolean;
}

export interface DividableStep {
  readonly tiles: number;
  readonly work: number;
}

/** For each thread its share of every step. A step runs on the first threads; where one is enough, on thread 0. */
export function divide(steps: readonly DividableStep[], threads: number): Share[][] {
  const workers = steps.map(({ tiles, work }) => Math.max(1, Math.min(threads, tiles, Math.floor(work / LEAST_SHARE))));
  // Thread 0 alone need not wait for anybody between two steps of its own.
  const isBarrier = workers.map((count, i) => count > 1 || (workers[i + 1] ?? 2) > 1);
  return Array.from({ length: threads }, (_, thread) =>
    steps.map(({ tiles }, i) => ({
      begin: edge(tiles, workers[i]!, thread),
      end: edge(tiles, workers[i]!, thread + 1),
      isBarrier: isBarrier[i]!,
    })),
  );
}

function edge(tiles: number, workers: number, thread: number): number {
  return Math.floor((tiles * Math.min(thread, workers)) / workers);
}
