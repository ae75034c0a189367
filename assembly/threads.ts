/**
 * A team: n threads that run one program together. Thread 0 calls `start` and `lead`; the others sit in `follow` until
 * they are dismissed. This is a module of its own, beside the kernels: it shares their memory and their function table,
 * so the kernels themselves need no atomics and stay as they are.
 *
 * Each thread has its own copy of the program (see program.ts), which names the tiles it runs. All copies have the same
 * steps and the same barriers. A barrier is one counter that only grows during a run: everyone adds 1 and waits until it
 * has reached the number of threads times the number of barriers so far.
 */
import { isBarrier, perform } from "./program";

// The control block: words in cache lines of their own, so that spinning on one does not slow down writing another.
/** Changes when a run begins; DISMISSED for ever once the team is no longer needed. */
const EPOCH: usize = 0;
const FIRST: usize = 4;
const END: usize = 8;
/** How many threads sleep until EPOCH changes. */
const IDLE: usize = 12;
/** Arrivals at barriers since the run began. */
const ARRIVED: usize = 64;
/** How many threads sleep until ARRIVED is high enough. */
const WAITING: usize = 128;
/** Not 0 after a thread failed in this run. */
const FAILED: usize = 132;
/** Where thread 0 is: what `lead` needs to go on. */
const NEXT: usize = 192;
const TARGET: usize = 196;

const DISMISSED = -1;
/** More arrivals than any run has, so that nobody waits any more. */
const EVERYBODY = 1 << 30;

/**
 * Loads before a thread goes to sleep, about 1.5 to a nanosecond. Waking takes 50 µs. At a barrier the others are at work and
 * come soon, unless they have no core of their own: then every load keeps them from working. So what was in vain is
 * halved, and grows again with success. Between two runs nobody knows when the next one comes.
 */
const MOST_SPINS = 40000;
const LEAST_SPINS = 500;
const SPINS_BETWEEN_RUNS = 10000;
/** Each thread has an instance of this module, and so a variable of its own. */
let spinsAtBarrier = MOST_SPINS;
/** Longest sleep at a barrier in nanoseconds; then `lead` lets the host look whether anybody is still there. */
const PATIENCE: i64 = 100_000_000;

/** What `lead` returns; to LATE is added the step it got to, so that the host sees progress. */
const DONE = 0;
const FAULT = 1;
const LATE = 2;

/** Bytes of a control block, which must be 0 at first. */
export function control_bytes(): i32 {
  return 256;
}

/** Thread 0: sends the team over steps [first, end). */
export function start(control: usize, first: i32, end: i32): void {
  store<i32>(control, first, FIRST);
  store<i32>(control, end, END);
  store<i32>(control, first, NEXT);
  store<i32>(control, 0, TARGET);
  // Nobody reads it now: in the run before everyone was seen to arrive, and only thread 0 waited for that.
  atomic.store<i32>(control, 0, ARRIVED);
  atomic.store<i32>(control, (atomic.load<i32>(control, EPOCH) + 1) & i32.MAX_VALUE, EPOCH);
  if (atomic.load<i32>(control, IDLE) > 0) atomic.notify(control + EPOCH, -1);
}

/**
 * Thread 0: does its share, and returns when everyone is done or has failed. LATE: someone is at work, or gone, for longer
 * than expected; to go on waiting call again. A page's main thread must not sleep: there `mayBlock` is 0.
 */
export function lead(control: usize, program: usize, threads: i32, mayBlock: i32): i32 {
  let step = load<i32>(control, NEXT);
  let target = load<i32>(control, TARGET);
  const end = load<i32>(control, END);
  while (true) {
    if (!reach(control, target, mayBlock)) return LATE + step;
    if (step == end) return atomic.load<i32>(control, FAILED) == 0 ? DONE : FAULT;
    step = performUpToBarrier(program, step, end);
    target += threads;
    store<i32>(control, step, NEXT);
    store<i32>(control, target, TARGET);
    arrive(control, target);
  }
}

/** Threads 1 … n − 1: takes part in every run; returns once dismissed. */
export function follow(control: usize, program: usize, threads: i32): void {
  let epoch = 0;
  while (true) {
    epoch = nextEpoch(control, epoch);
    if (epoch == DISMISSED) return;
    const end = load<i32>(control, END);
    let step = load<i32>(control, FIRST);
    let target = 0;
    while (true) {
      step = performUpToBarrier(program, step, end);
      target += threads;
      arrive(control, target);
      if (step == end) break;
      while (!reach(control, target, 1)) {}
    }
  }
}

/** A thread that cannot go on lets nobody wait for it. */
export function fail(control: usize): void {
  atomic.store<i32>(control, 1, FAILED);
  atomic.store<i32>(control, EVERYBODY, ARRIVED);
  atomic.notify(control + ARRIVED, -1);
}

/** No more runs: whoever follows returns, from the middle of a run too. */
export function dismiss(control: usize): void {
  atomic.store<i32>(control, DISMISSED, EPOCH);
  atomic.notify(control + EPOCH, -1);
  atomic.store<i32>(control, EVERYBODY, ARRIVED);
  atomic.notify(control + ARRIVED, -1);
}

function performUpToBarrier(program: usize, first: i32, end: i32): i32 {
  let step = first;
  do perform(program, step);
  while (!isBarrier(program, step++) && step < end);
  return step;
}

// @ts-ignore: decorator
@inline
function arrive(control: usize, target: i32): void {
  const arrived = atomic.add<i32>(control, 1, ARRIVED) + 1;
  if (arrived == target && atomic.load<i32>(control, WAITING) > 0) atomic.notify(control + ARRIVED, -1);
}

/** Whether `target` arrivals were counted before patience ended. */
// @ts-ignore: decorator
@inline
function reach(control: usize, target: i32, mayBlock: i32): bool {
  const limit = mayBlock ? spinsAtBarrier : MOST_SPINS;
  for (let spins = 0; spins < limit; spins++) {
    if (atomic.load<i32>(control, ARRIVED) < target) continue;
    spinsAtBarrier = min(limit + (limit >> 3), MOST_SPINS);
    return true;
  }
  if (!mayBlock) return false;
  spinsAtBarrier = max(limit >> 1, LEAST_SPINS);
  let arrived = 0;
  // Counted first, looked again by `wait`: an arrival between the two is not missed.
  atomic.add<i32>(control, 1, WAITING);
  do {
    arrived = atomic.load<i32>(control, ARRIVED);
    if (arrived >= target) break;
  } while (sleep(control + ARRIVED, arrived, PATIENCE) != AtomicWaitResult.TIMED_OUT);
  atomic.sub<i32>(control, 1, WAITING);
  return arrived >= target;
}

// @ts-ignore: decorator
@inline
function nextEpoch(control: usize, last: i32): i32 {
  for (let spins = 0; spins < SPINS_BETWEEN_RUNS; spins++) {
    const epoch = atomic.load<i32>(control, EPOCH);
    if (epoch != last) return epoch;
  }
  atomic.add<i32>(control, 1, IDLE);
  while (atomic.load<i32>(control, EPOCH) == last) sleep(control + EPOCH, last, -1);
  atomic.sub<i32>(control, 1, IDLE);
  return atomic.load<i32>(control, EPOCH);
}

/**
 * A function of its own, and not inlined (asconfig.json): V8 11.3, which is Node 20, overwrites the last local of a function
 * that waits. Here there is nothing to lose.
 */
function sleep(address: usize, value: i32, nanoseconds: i64): i32 {
  return atomic.wait<i32>(address, value, nanoseconds);
}
