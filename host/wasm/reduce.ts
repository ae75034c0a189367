import { type Shape, stridesOf } from "../core/shape.js";
import type { REDUCE_ARGS } from "./args.generated.js";
import type { StructValues } from "./struct.js";

/** A reduction as the kernels take it: alternating kept and reduced axes, joined where one stride describes them. */
export interface Reduction {
  readonly args: Omit<StructValues<typeof REDUCE_ARGS>, "input" | "output">;
  readonly tiles: number;
  /** Elements summed up per output. */
  readonly count: number;
  readonly outputs: number;
}

/** Sums that one tile of qs8_mean makes means of. */
export const MEAN_BLOCK = 256;

interface Axis {
  readonly count: number;
  readonly stride: number;
  readonly reduced: boolean;
}

/** An absent axis. Its stride is not 0, because kernels count in addresses. */
const NONE: Axis = { count: 1, stride: 1, reduced: false };

/** Plans a reduction of `axes` of a dense tensor with elements of `bytes` bytes. */
export function planReduction(shape: Shape, axes: readonly number[], bytes: number): Reduction {
  const joined: Axis[] = [];
  const strides = stridesOf(shape);
  shape.forEach((count, i) => {
    const axis = { count, stride: strides[i]! * bytes, reduced: axes.includes(i) };
    const outer = joined.at(-1);
    if (count === 1) return;
    if (outer?.reduced === axis.reduced) joined[joined.length - 1] = { ...axis, count: outer.count * count };
    else joined.push(axis);
  });
  const isRun = joined.at(-1)?.reduced ?? false;
  const channels = isRun ? 1 : (joined.pop()?.count ?? 1);
  const kept = innermost(joined.filter((axis) => !axis.reduced));
  const reduced = innermost(joined.filter((axis) => axis.reduced));
  const positions = kept.reduce((product, axis) => product * axis.count, 1);
  const blocks = Math.ceil(channels / 16);
  return {
    args: {
      start: 0,
      divisor: 1,
      function: 0,
      isInt8: 0,
      channels,
      blocks,
      keepCount1: kept[1].count,
      keepCount2: kept[2].count,
      keepStride0: kept[0].stride,
      keepStride1: kept[1].stride,
      keepStride2: kept[2].stride,
      count0: reduced[0].count,
      count1: reduced[1].count,
      count2: reduced[2].count,
      stride0: reduced[0].stride,
      stride1: reduced[1].stride,
      stride2: reduced[2].stride,
    },
    tiles: positions * blocks,
    count: reduced.reduce((product, axis) => product * axis.count, 1),
    outputs: positions * channels,
  };
}

/** Three axes, outermost first; six alternating ones never have more of a kind. */
function innermost(axes: readonly Axis[]): [Axis, Axis, Axis] {
  const at = (i: number) => axes[axes.length - 3 + i] ?? NONE;
  return [at(0), at(1), at(2)];
}
