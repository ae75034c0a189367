/**
 * Who runs which tiles. Pure: numbers of tiles and estimates of work in, shares of tiles out.
 *
 * Work is in nanoseconds of some ordinary core. It decides only what is too small to be worth another thread, and how
 * finely the rest is cut, so an estimate that is wrong by a factor of three costs little.
 */

/** A thread gets at least this much of a step: twice what offering it and moving the data costs. */
const LEAST_SHARE = 400;
/** A chunk has at least this much work, so that taking it, and beginning anew in a kernel, is little beside it. */
const LEAST_CHUNK = 2000;
/** Chunks of a share at most. What one thread waits for another is less than a chunk; yet whole shares are the fastest. */
const MOST_CHUNKS = 2;
/** A model with less work than this is faster on one thread. */
export const LEAST_WORK = 10_000;

/** Tiles [begin, end) in chunks of `size`; the last one may be shorter. */
export interface Share {
  readonly begin: number;
  readonly end: number;
  readonly size: number;
  readonly chunks: number;
}

export interface DividableStep {
  readonly tiles: number;
  readonly work: number;
}

/** For each step the share of every thread, where it is shared. */
export type Division = readonly (readonly Share[] | undefined)[];

/** For each step the share of every thread; nothing where one thread is enough. Small steps are shared by fewer. */
export function divide(steps: readonly DividableStep[], threads: number): Division {
  return steps.map(({ tiles, work }) => {
    const sharers = Math.min(threads, tiles, Math.floor(work / LEAST_SHARE));
    if (sharers < 2) return undefined;
    const wanted = Math.max(1, Math.min(MOST_CHUNKS, Math.floor(work / sharers / LEAST_CHUNK)));
    return Array.from({ length: threads }, (_, thread) => {
      const begin = edge(tiles, sharers, thread);
      const end = edge(tiles, sharers, thread + 1);
      const size = Math.max(1, Math.ceil((end - begin) / wanted));
      return { begin, end, size, chunks: Math.ceil((end - begin) / size) };
    });
  });
}

function edge(tiles: number, sharers: number, thread: number): number {
  return Math.floor((tiles * Math.min(thread, sharers)) / sharers);
}
