/**
 * A team: n threads that run one program together. Thread 0 calls `start` and `lead`; the others sit in `follow` until
 * they are dismissed. This is a module of its own, beside the kernels: it shares their memory and their function table,
 * so the kernels themselves need no atomics and stay as they are.
 *
 * Thread 0 goes through the program. A step that is worth sharing it offers: every thread has a share of the tiles, cut
 * into chunks, and an offer, a word that says how many of them nobody has taken. Whoever is done with its own share takes
 * from the others'. So nobody waits for a thread that has no core, or a slow one: its chunks are computed elsewhere, and
 * thread 0 waits only for chunks that somebody is at.
 */
import { performTiles, stepAt } from "./program";

/**
 * The control block, which must be 0 at first. Words that different threads write are 128 bytes apart: processors fetch
 * pairs of cache lines, and a word somebody spins on should move only when it changes.
 *
 * Thread 0's own: where it is, which is what `lead` needs to go on.
 */
const NEXT: usize = 0;
const END: usize = 4;
/** How many finished chunks of others it needs before it goes on. */
const TARGET: usize = 8;
/** Chunks of the offered step that threads 1 … n − 1 have finished. */
const FINISHED: usize = 128;
/** Not 0 while thread 0 sleeps until FINISHED changes. */
const LEADER_SLEEPS: usize = 132;
/** Not 0 after a thread failed. */
const FAILED: usize = 136;
const OFFERS: usize = 256;
const OFFER_BYTES: usize = 128;
/** Behind an offer: not 0 while its thread sleeps until the offer changes: which offer from now on is to wake it. */
const SLEEPS: usize = 4;

/**
 * An offer: step << 10 | (64 + chunks left); negative once the team is dismissed. To take a chunk is to subtract 1: one
 * operation that says which step and which chunk it is, however late the taker comes. As many as 63 threads may come too
 * late at once, which is what the 64 are for.
 */
const STEP_SHIFT = 10;
const NONE_LEFT = 64;
/** Far below 0: whoever comes too late subtracts from it as well. */
const DISMISSED = -(1 << 30);

/**
 * The table of shares: for every step and thread 16 bytes
 *
 *   +0  i32  first tile
 *   +4  i32  behind the last tile
 *   +8  i32  tiles of a chunk, but for the last one
 *   +12 i32  chunks
 *
 * A step that is not shared has 0 chunks for everyone; thread 0 computes all its tiles.
 */
const SHARE_BYTES: usize = 16;

/** More chunks than any step has, so that thread 0 waits no more. */
const ENOUGH = 1 << 30;

/**
 * Loads before a thread goes to sleep, about 1.5 to a nanosecond; waking takes 50 µs. What was in vain is halved and grows
 * with success, because who spins where there are fewer cores than threads keeps others from working. Some sleeps are
 * preceded by full patience nevertheless: there may be cores again, and who always sleeps would never know.
 */
const MOST_SPINS = 40000;
const LEAST_SPINS = 500;
const SLEEPS_PER_TRIAL = 32;
// Each thread has an instance of this module, and so variables of its own.
let patience = MOST_SPINS;
let sleeps = 0;

/** A thread that was woken and came too late for any chunk is left alone for twice as many offers as before. */
const MOST_REST = 1024;
let rest = 1;
/** Longest sleep of thread 0 in nanoseconds; then `lead` lets the host look whether anybody is still there. */
const LONGEST_SLEEP: i64 = 100_000_000;

/** What `lead` returns; to LATE is added the step it got to, so that the host sees progress. */
const DONE = 0;
const FAULT = 1;
const LATE = 2;

/** Bytes of the control block of `threads` threads. */
export function control_bytes(threads: i32): i32 {
  return <i32>(OFFERS + <usize>threads * OFFER_BYTES);
}

/** Thread 0: prepares a run of steps [first, end). */
export function start(control: usize, first: i32, end: i32): void {
  store<i32>(control, first, NEXT);
  store<i32>(control, end, END);
  store<i32>(control, 0, TARGET);
}

/**
 * Thread 0: runs what `start` was given, and returns when it is done or a thread has failed. LATE: someone is at work, or
 * gone, for longer than expected; to go on waiting call again. A page's main thread must not sleep: there `mayBlock` is 0.
 */
export function lead(control: usize, program: usize, shares: usize, threads: i32, mayBlock: i32): i32 {
  const end = load<i32>(control, END);
  let step = load<i32>(control, NEXT);
  while (true) {
    const target = load<i32>(control, TARGET);
    if (target > 0) {
      if (!reach(control, target, mayBlock)) return LATE + step;
      if (atomic.load<i32>(control, FAILED) != 0) return FAULT;
    }
    while (step < end && chunksOf(shares, threads, step, 0) == 0) {
      const at = stepAt(program, step++);
      performTiles(at, 0, load<i32>(at, 8));
    }
    store<i32>(control, step + 1, NEXT);
    store<i32>(control, 0, TARGET);
    if (step >= end) return DONE;
    const chunks = offer(control, shares, threads, step);
    store<i32>(control, chunks - takeChunks(control, program, shares, threads, 0), TARGET);
    step++;
  }
}

/** Threads 1 … n − 1: takes part in every run; returns once dismissed. */
export function follow(control: usize, program: usize, shares: usize, threads: i32, thread: i32): void {
  const own = offerOf(control, thread);
  let last = 0;
  while (true) {
    last = nextOffer(own, last);
    if (last < 0) return;
    const finished = takeChunks(control, program, shares, threads, thread);
    if (finished > 0) {
      rest = 1;
      atomic.add<i32>(control, finished, FINISHED);
      if (atomic.load<i32>(control, LEADER_SLEEPS) != 0) atomic.notify(control + FINISHED, -1);
    }
  }
}

/** A thread that cannot go on lets nobody wait for it. */
export function fail(control: usize): void {
  atomic.store<i32>(control, 1, FAILED);
  atomic.store<i32>(control, ENOUGH, FINISHED);
  atomic.notify(control + FINISHED, -1);
}

/** No more runs: whoever follows returns, as soon as its chunk is done. */
export function dismiss(control: usize, threads: i32): void {
  for (let thread = 0; thread < threads; thread++) {
    const own = offerOf(control, thread);
    atomic.store<i32>(own, DISMISSED);
    atomic.notify(own, -1);
  }
}

// @ts-ignore: decorator
@inline
function offerOf(control: usize, thread: i32): usize {
  return control + OFFERS + <usize>thread * OFFER_BYTES;
}

// @ts-ignore: decorator
@inline
function shareOf(shares: usize, threads: i32, step: i32, thread: i32): usize {
  return shares + <usize>(step * threads + thread) * SHARE_BYTES;
}

// @ts-ignore: decorator
@inline
function chunksOf(shares: usize, threads: i32, step: i32, thread: i32): i32 {
  return load<i32>(shareOf(shares, threads, step, thread), 12);
}

// @ts-ignore: decorator
@inline
function left(offer: i32): i32 {
  return (offer & ((1 << STEP_SHIFT) - 1)) - NONE_LEFT;
}

/** Thread 0: offers all chunks of a step, and returns how many there are. All of the step before must be finished. */
function offer(control: usize, shares: usize, threads: i32, step: i32): i32 {
  // Whoever adds to it holds a chunk, and nobody does now.
  atomic.store<i32>(control, 0, FINISHED);
  let sum = 0;
  for (let thread = threads - 1; thread >= 0; thread--) {
    const own = offerOf(control, thread);
    const chunks = chunksOf(shares, threads, step, thread);
    sum += chunks;
    atomic.store<i32>(own, (step << STEP_SHIFT) | (NONE_LEFT + chunks));
    if (chunks > 0) wake(own);
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function wake(own: usize): void {
  const offers = atomic.load<i32>(own, SLEEPS);
  if (offers == 0) return;
  if (offers == 1) atomic.notify(own, 1);
  // If it fails the thread is up by itself.
  else atomic.cmpxchg<i32>(own, offers, offers - 1, SLEEPS);
}

/** Computes chunks until none is left, its own first; returns how many. */
function takeChunks(control: usize, program: usize, shares: usize, threads: i32, thread: i32): i32 {
  let finished = 0;
  let victim = thread;
  do {
    const at = offerOf(control, victim);
    let seen = atomic.load<i32>(at);
    while (seen > 0 && left(seen) > 0) {
      seen = atomic.sub<i32>(at, 1);
      const chunk = left(seen);
      if (seen < 0 || chunk <= 0) break;
      const step = seen >> STEP_SHIFT;
      const share = shareOf(shares, threads, step, victim);
      const size = load<i32>(share, 8);
      const begin = load<i32>(share) + (load<i32>(share, 12) - chunk) * size;
      performTiles(stepAt(program, step), begin, min(begin + size, load<i32>(share, 4)));
      finished++;
      seen--;
    }
    if (++victim == threads) victim = 0;
  } while (victim != thread);
  return finished;
}

/** Whether others have finished `target` chunks before patience ended. */
// @ts-ignore: decorator
@inline
function reach(control: usize, target: i32, mayBlock: i32): bool {
  const limit = mayBlock ? patience : MOST_SPINS;
  for (let spins = 0; spins < limit; spins++) {
    if (atomic.load<i32>(control, FINISHED) >= target) {
      gainPatience();
      return true;
    }
  }
  if (!mayBlock) return false;
  losePatience();
  // Said first, looked again by `wait`: what is finished between the two is not missed.
  atomic.store<i32>(control, 1, LEADER_SLEEPS);
  let finished = atomic.load<i32>(control, FINISHED);
  while (finished < target && sleep(control + FINISHED, finished, LONGEST_SLEEP) != AtomicWaitResult.TIMED_OUT) {
    finished = atomic.load<i32>(control, FINISHED);
  }
  atomic.store<i32>(control, 0, LEADER_SLEEPS);
  return atomic.load<i32>(control, FINISHED) >= target;
}

function gainPatience(): void {
  patience = min(4 * patience, MOST_SPINS);
}

function losePatience(): void {
  patience = ++sleeps % SLEEPS_PER_TRIAL == 0 ? MOST_SPINS : max(patience >> 1, LEAST_SPINS);
}

// @ts-ignore: decorator
@inline
function isNews(seen: i32, last: i32): bool {
  return seen < 0 || left(seen) > 0 || seen >> STEP_SHIFT != last >> STEP_SHIFT;
}

/** Waits until an offer has chunks, or is for another step than the `last` one: then others may have some. */
// @ts-ignore: decorator
@inline
function nextOffer(own: usize, last: i32): i32 {
  const limit = patience;
  for (let spins = 0; spins < limit; spins++) {
    const seen = atomic.load<i32>(own);
    if (isNews(seen, last)) {
      gainPatience();
      return seen;
    }
  }
  losePatience();
  atomic.store<i32>(own, rest, SLEEPS);
  rest = min(2 * rest, MOST_REST);
  let seen = atomic.load<i32>(own);
  while (!isNews(seen, last)) {
    sleep(own, seen, -1);
    seen = atomic.load<i32>(own);
  }
  atomic.store<i32>(own, 0, SLEEPS);
  return seen;
}

/**
 * A function of its own, and not inlined (asconfig.json): V8 11.3, which is Node 20, overwrites the last local of a function
 * that waits. Here there is nothing to lose.
 */
function sleep(address: usize, value: i32, nanoseconds: i64): i32 {
  return atomic.wait<i32>(address, value, nanoseconds);
}
