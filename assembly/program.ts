/**
 * A program is a list of steps in linear memory, 16 bytes each:
 *
 *   +0  u32  kernel: index into the imported function table; BARRIER is added where threads meet after the step
 *   +4  u32  address of the kernel's argument struct
 *   +8  i32  first tile
 *   +12 i32  behind the last tile; equal to the first where a thread has nothing to do
 *
 * Every kernel has the signature `(args: usize, begin: i32, end: i32): void` and computes tiles [begin, end).
 */

const STEP_BYTES: usize = 16;
const BARRIER: u32 = 0x80000000;

/** Runs steps [first, end) of `program` on this thread alone. */
export function execute(program: usize, first: i32, end: i32): void {
  for (let step = first; step < end; step++) perform(program, step);
}

// @ts-ignore: decorator
@inline
export function perform(program: usize, step: i32): void {
  const at = program + <usize>step * STEP_BYTES;
  const begin = load<i32>(at, 8);
  const end = load<i32>(at, 12);
  if (begin < end) call_indirect<void>(load<u32>(at) & ~BARRIER, load<usize>(at, 4), begin, end);
}

/** Whether what follows `step` needs what other threads compute up to it. */
// @ts-ignore: decorator
@inline
export function isBarrier(program: usize, step: i32): bool {
  return (load<u32>(program + <usize>step * STEP_BYTES) & BARRIER) != 0;
}

/** End of the module's own static data; the host places nothing below it. */
export function static_end(): usize {
  return __heap_base;
}
