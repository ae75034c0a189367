import { UnsupportedOpError } from "../core/errors.js";
import { COPY_ARGS, TRANSPOSE_ARGS } from "./args.generated.js";
import { type Step, step } from "./kernel.js";

/** One axis of a strided copy: positions `from` bytes apart in the source and `to` bytes apart in the target. */
export interface Axis {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** Drops axes of one position and joins neighbours that one stride describes: fewer, longer runs. */
export function collapse(axes: readonly Axis[]): Axis[] {
  const joined: Axis[] = [];
  for (const axis of axes) {
    const outer = joined.at(-1);
    if (axis.count === 1) continue;
    if (outer && outer.from === axis.count * axis.from && outer.to === axis.count * axis.to) {
      joined[joined.length - 1] = { ...axis, count: outer.count * axis.count };
    } else joined.push(axis);
  }
  return joined;
}

/** A move whose addresses are still open. */
export type Move = (input: number, output: number) => Step;

/**
 * Copies every position of `axes` (outermost first, at most 6) from source to target, elements of `bytes` bytes.
 * The target is dense along the last axis, or the source is.
 */
export function planMove(axes: readonly Axis[], bytes: number): Move {
  // Elements of two bytes are runs of two: rare enough for no kernel of their own.
  if (bytes === 2) return planMove([...axes, { count: 2, from: 1, to: 1 }], 1);
  const joined = collapse(axes);
  const inner = joined.at(-1);
  if (inner && inner.to === bytes && inner.from !== bytes) return planTranspose(joined, inner, bytes);
  const isRun = inner !== undefined && inner.to === bytes;
  return planRuns(isRun ? joined.slice(0, -1) : joined, isRun ? inner.count * bytes : bytes);
}

/** `bytes` bytes in one piece. */
export function planBlock(bytes: number): Move {
  return planRuns([], bytes);
}

function planRuns(outer: readonly Axis[], run: number): Move {
  if (outer.length > 5) {
    throw new UnsupportedOpError("axes", `moves int16 along ${outer.length} axes that do not join; 5 are possible`);
  }
  const rows = outer.at(-1) ?? { count: 1, from: 0, to: 0 };
  const box = fourAxes(outer.slice(0, -1));
  const values = { ...box, run, rows: rows.count, fromRow: rows.from, toRow: rows.to };
  const tiles = outer.reduce((product, axis) => product * axis.count, 1);
  return (input, output) => step("x8_copy", COPY_ARGS, { ...values, input, output }, tiles);
}

/** `rows` is contiguous in the target; an axis that is contiguous in the source, if any, becomes the columns. */
function planTranspose(axes: readonly Axis[], rows: Axis, bytes: number): Move {
  const rest = axes.filter((axis) => axis !== rows);
  const columns = rest.find((axis) => axis.from === bytes) ?? rest[0] ?? { count: 1, from: bytes, to: bytes };
  const outer = rest.filter((axis) => axis !== columns);
  const isZip = rows.count === 3 && columns.from === bytes && columns.to === 3 * bytes;
  const strips = Math.ceil(columns.count / (isZip ? 1024 : bytes === 1 ? 8 : 4));
  const values = {
    ...fourAxes(outer),
    rows: rows.count,
    columns: columns.count,
    strips,
    fromRow: rows.from,
    fromColumn: columns.from,
    toColumn: columns.to,
  };
  const tiles = outer.reduce((product, axis) => product * axis.count, strips);
  const kernel = `x${8 * bytes}_${isZip ? "zip_x3" : "transpose"}`;
  return (input, output) => step(kernel, TRANSPOSE_ARGS, { ...values, input, output }, tiles);
}

/** The fields of four outer axes; missing ones have one position. The outermost count is implied by the tiles. */
function fourAxes(axes: readonly Axis[]) {
  const at = (i: number): Axis => axes[axes.length - 4 + i] ?? { count: 1, from: 0, to: 0 };
  return {
    count1: at(1).count,
    count2: at(2).count,
    count3: at(3).count,
    from0: at(0).from,
    from1: at(1).from,
    from2: at(2).from,
    from3: at(3).from,
    to0: at(0).to,
    to1: at(1).to,
    to2: at(2).to,
    to3: at(3).to,
  };
}
