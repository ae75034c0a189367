import type { Family } from "./kernel.js";

/** Parameters 0 and 1 of the function: iterations, and 0 for one loop, 1 for the other. Then operands, then the sums. */
const [X, Y] = [2, 3];
const SUMS = [4, 5, 6, 7, 8, 9, 10, 11];

const get = (local: number) => [0x20, local];
const [ADD_I32, ADD_I16] = [
  [0xfd, 0xae, 1],
  [0xfd, 0x8e, 1],
];
const DOT_I16X8 = [0xfd, 0xba, 1];

/** What a kernel of each family does to multiply 16 pairs and add them to `sum`, as WebAssembly, on registers alone. */
const STEPS: Readonly<Record<Family, (sum: number) => readonly number[]>> = {
  // relaxed_dot_i8x16_i7x16_add_s(sum, X, sum)
  relaxed: (sum) => [...get(sum), ...get(X), ...get(sum), 0xfd, 0x93, 2],
  // sum + extadd_pairwise_i16x8_s(extmul_low_i8x16_s(sum, X) + extmul_high_i8x16_s(sum, X))
  extmul: (sum) => {
    const [low, high] = [0x9c, 0x9d].map((op) => [...get(sum), ...get(X), 0xfd, op, 1]);
    return [...get(sum), ...low!, ...high!, ...ADD_I16, 0xfd, 0x7e, ...ADD_I32];
  },
  // sum + (dot_i16x8_s(sum, X) + dot_i16x8_s(sum, Y))
  dot16: (sum) => {
    const [one, other] = [X, Y].map((operand) => [...get(sum), ...get(operand), ...DOT_I16X8]);
    return [...get(sum), ...one!, ...other!, ...ADD_I32, ...ADD_I32];
  },
};

/**
 * A module whose function "f" does the step of one of two families for eight sums, over and over; no sum can be left out or
 * foreseen. One function, because engines optimize by function: code of two stages says nothing about two families.
 */
export function loopsModule(first: Family, second: Family): Uint8Array<ArrayBuffer> {
  const loop = (family: Family) => [
    ...[0x03, 0x40], //                                        loop
    ...SUMS.flatMap((sum) => [...STEPS[family](sum), 0x21, sum]),
    ...[...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b], //  br_if 0 (--iterations), end
  ];
  const body = [
    ...[1, 10, 0x7b], //                                       ten locals v128: X, Y and the sums
    ...[...get(0), 0xfd, 0x11, 0x21, X], //                    X = i32x4.splat(iterations)
    ...[...get(0), 0xfd, 0x10, 0x21, Y], //                    Y = i16x8.splat(iterations)
    ...[...get(1), 0x04, 0x40, ...loop(second), 0x05, ...loop(first), 0x0b], // if, else, end
    ...get(SUMS[0]!),
    ...SUMS.slice(1).flatMap((sum) => [...get(sum), ...ADD_I32]),
    ...[0xfd, 0x1b, 0, 0x0b], //                               i32x4.extract_lane 0, end
  ];
  return Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0], //                 magic, version
    ...[1, 7, 1, 96, 2, 127, 127, 1, 127], //            type: (i32, i32) -> i32
    ...[3, 2, 1, 0], //                                  function 0 has type 0
    ...[7, 5, 1, 1, 102, 0, 0], //                       export "f": function 0
    ...[10, ...leb128(body.length + 3), 1, ...leb128(body.length), ...body],
  );
}

/** In two bytes, always. */
const leb128 = (value: number) => [(value & 127) | 128, value >> 7];

interface Contest {
  /** The likelier one: it wins where time cannot tell. */
  readonly prior: Family;
  readonly rival: Family;
  /** The rival wins when the prior's loop takes more than this many times as long. */
  readonly limit: number;
  /** Baseline code does not tell. */
  readonly mustBeOptimized: boolean;
}

/** The modules that have several exact families, none of which wins everywhere. */
const CONTESTS = {
  // On ARM with dot products of bytes a quarter of the time, without them the same; V8's baseline code never has them.
  "relaxed-ss": { prior: "relaxed", rival: "extmul", limit: 0.6, mustBeOptimized: true },
  // On ARM half to three quarters of the time; more than the rival's on an x86 that did not show itself.
  simd: { prior: "extmul", rival: "dot16", limit: 1, mustBeOptimized: false },
} as const satisfies Partial<Record<string, Contest>>;

export type ContestedModule = keyof typeof CONTESTS;

export interface Preference {
  readonly family: Family;
  /** What was seen, for `info`. */
  readonly text: string;
}

/** Milliseconds that `iterations` of a family's loop take. */
export type Stopwatch = (family: Family, iterations: number) => number;

/**
 * Enough for V8 to call the function hot, in rounds of which the middle one counts: others may be interrupted. And one long
 * round for the clock of a page, which moves in steps of a tenth of a millisecond.
 */
const PACES = [
  { iterations: 5_000, rounds: 5 },
  { iterations: 40_000, rounds: 1 },
];
/** Optimized code of these loops takes half the time of baseline code, or less. */
const OPTIMIZED = 0.67;

/**
 * Finds out which family has the faster kernels here; both give the same bits. The loops run twice: for half a millisecond now,
 * in baseline code, which makes them hot, and once more when the function that is returned is called, after the caller has
 * done something else and the engine has optimized them.
 */
export function startContest(
  module: ContestedModule,
  stopwatch: Stopwatch = createStopwatch(module),
): () => Preference {
  const { prior, rival, limit, mustBeOptimized } = CONTESTS[module];
  const run = ({ iterations, rounds }: (typeof PACES)[number]) =>
    Array.from({ length: rounds }, () => [stopwatch(prior, iterations), stopwatch(rival, iterations)] as const);
  let pace = PACES[0]!;
  // The longest but one: the first were baseline code, and one may have been interrupted.
  let baseline = run(pace).sort((a, b) => b[1] - a[1])[1]![1];
  if (!(baseline > 0)) {
    pace = PACES[1]!;
    baseline = run(pace)[0]![1];
  }
  return () => {
    // By ratio, so that a round in which the code was replaced does not count either.
    const [own, other] = run(pace).sort((a, b) => a[0] / a[1] - b[0] / b[1])[pace.rounds >> 1]!;
    const isAhead = own <= limit * other;
    const isBehind = !isAhead && other > 0 && (!mustBeOptimized || other < OPTIMIZED * baseline);
    const family = isBehind ? rival : prior;
    const [a, b] = [own, other].map((ms) => Math.round(ms * 1000));
    const doubt = isAhead || isBehind ? "" : ", in code that is not optimized yet";
    return { family, text: `kernels "${family}": the same took ${a} µs as "${prior}", ${b} µs as "${rival}"${doubt}` };
  };
}

function createStopwatch(module: ContestedModule): Stopwatch {
  const { prior, rival } = CONTESTS[module];
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(loopsModule(prior, rival)));
  const loop = exports["f"] as (iterations: number, which: number) => number;
  loop(1, 0); // compiled on first use
  return (family, iterations) => {
    const begin = performance.now();
    loop(iterations, family === prior ? 0 : 1);
    return performance.now() - begin;
  };
}
