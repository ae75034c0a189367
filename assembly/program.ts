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
    call_indirect<void>(load<u32>(step), load<usize>(step, 4), 0, load<i32>(step, 8));
    step += STEP_BYTES;
  }
}

/** End of the module's own static data; the host places nothing below it. */
export function static_end(): usize {
  return __heap_base;
}
