/**
 * A program is a list of steps in linear memory, 16 bytes each:
 *
 *   +0  u32  kernel: index into the imported function table
 *   +4  u32  address of the kernel's argument struct
 *   +8  i32  tiles of its output
 *   +12      unused
 *
 * Every kernel has the signature `(args: usize, begin: i32, end: i32): void` and computes tiles [begin, end).
 */

const STEP_BYTES: usize = 16;

/** Runs steps [first, end) of `program`, each over all its tiles. */
export function execute(program: usize, first: i32, end: i32): void {
  let step = program + <usize>first * STEP_BYTES;
  const stop = program + <usize>end * STEP_BYTES;
  while (step < stop) {
    performTiles(step, 0, load<i32>(step, 8));
    step += STEP_BYTES;
  }
}

/** Computes tiles [begin, end) of the step at address `at`. */
// @ts-ignore: decorator
@inline
export function performTiles(at: usize, begin: i32, end: i32): void {
  call_indirect<void>(load<u32>(at), load<usize>(at, 4), begin, end);
}

// @ts-ignore: decorator
@inline
export function stepAt(program: usize, step: i32): usize {
  return program + <usize>step * STEP_BYTES;
}

/** End of the module's own static data; the host places nothing below it. */
export function static_end(): usize {
  return __heap_base;
}
