import { elementCount, type Shape, stridesOf } from "../core/shape.js";
import { BROADCAST_ARGS } from "./args.generated.js";
import { blocksOf } from "./block.js";
import type { Addresses, PrepareCall } from "./kernel.js";
import { collapse } from "./move.js";
import { writeStruct } from "./struct.js";

/** How a kernel of two inputs walks its output; the layout of `shape` is in assembly/elementwise/broadcast.ts. */
export interface Broadcast {
  /** The kernel's `a` is input 1 and its `b` input 0: a row runs along `a`. */
  readonly swapped: boolean;
  readonly shape: Uint8Array;
  readonly tiles: number;
  /** Inputs of the output's shape: the others are read more than once. */
  readonly inPlace: readonly number[];
  operands(at: Addresses): { a: number; b: number; output: number; shape: number };
}

/** NumPy broadcasting of inputs 0 and 1, reduced to rows. `shape` is to be the node's constant 0. */
export function planBroadcast({ inputs, outputs }: PrepareCall<unknown>): Broadcast {
  const output = outputs[0]!.shape;
  const count = elementCount(output);
  const [a, b] = [0, 1].map((i) => broadcastStrides(inputs[i]!.shape, output)) as [number[], number[]];
  // An axis of a strided copy has all it takes: `from` is the stride of input 0, `to` that of input 1.
  const axes = collapse(output.map((size, i) => ({ count: size, from: a[i]!, to: b[i]! })));
  const row = axes.pop() ?? { count: 1, from: 1, to: 1 };
  const swapped = row.from === 0;
  const outer = axes.length > 0 ? axes.reverse() : [{ count: 1, from: 0, to: 0 }];
  const rowBlocks = blocksOf(row.count);
  const head = writeStruct(BROADCAST_ARGS, {
    rowLength: row.count,
    rowBlocks,
    bScalar: row.from === 0 || row.to === 0 ? 1 : 0,
    rank: outer.length,
  });
  const tail = outer.flatMap(({ count: size, from, to }) => (swapped ? [size, to, from] : [size, from, to]));
  return {
    swapped,
    shape: new Uint8Array(Int32Array.of(...head, ...tail).buffer),
    tiles: (count / row.count) * rowBlocks,
    inPlace: [0, 1].filter((i) => elementCount(inputs[i]!.shape) === count),
    operands: (at) => ({
      a: at.input(swapped ? 1 : 0),
      b: at.input(swapped ? 0 : 1),
      output: at.output(0),
      shape: at.constant(0),
    }),
  };
}

/** Strides that read a dense tensor as if it had shape `to`. */
export function broadcastStrides(shape: Shape, to: Shape): number[] {
  const strides = stridesOf(shape);
  const missing = to.length - shape.length;
  return to.map((_, i) => (i < missing || shape[i - missing] === 1 ? 0 : strides[i - missing]!));
}
