import type { Shape } from "../../core/shape.js";

/**
 * How a graph tensor holds a value of the file: entry g is the value's axis that graph axis g is, or −1 for an axis of
 * extent 1 that was added. Every axis of the value occurs once.
 *
 * A convolution of ONNX or Caffe takes [N,C,H,W] and ours [N,H,W,C]: the same values under layout [0,2,3,1]. Operators that
 * do not care about the order of axes keep whatever layout they meet, and a transpose of the file only renames axes, so data moves
 * where an operator insists on an order and nowhere else. A 1-D signal [N,C,W] is a picture of height 1, [0,−1,2,1].
 */
export type Layout = readonly number[];

/** The file's own order. */
export function plain(rank: number): Layout {
  return Array.from({ length: rank }, (_, i) => i);
}

/** What convolutions and pools compute on: [N,H,W,C] for rank 4, the same with a height of 1 for rank 3. */
export function pictures(rank: number): Layout | undefined {
  if (rank === 4) return [0, 2, 3, 1];
  if (rank === 3) return [0, -1, 2, 1];
  return undefined;
}

export function layoutKey(layout: Layout): string {
  return layout.join();
}

export function isPlain(layout: Layout): boolean {
  return layout.every((axis, i) => axis === i);
}

/** Shape of the graph tensor. */
export function graphShape(layout: Layout, shape: Shape): Shape {
  return layout.map((axis) => (axis === -1 ? 1 : (shape[axis] as number)));
}

/** Shape of the value that a graph tensor holds. */
export function valueShape(layout: Layout, shape: Shape): Shape {
  const rank = layout.filter((axis) => axis !== -1).length;
  return Array.from({ length: rank }, (_, axis) => shape[layout.indexOf(axis)] as number);
}

/** The axes that order elements: those of extent 1 may stand anywhere. */
export function significant(layout: Layout, shape: Shape): Layout {
  return layout.filter((axis) => axis !== -1 && shape[axis] !== 1);
}

/** The layout of Transpose's output, whose axis i is the input's axis `permutation[i]`, for the same data. */
export function transposed(layout: Layout, permutation: readonly number[]): Layout {
  return layout.map((axis) => (axis === -1 ? -1 : permutation.indexOf(axis)));
}

/** The layout in which a value of rank `rank` lines up, as NumPy broadcasts, with one that has layout `target`. */
export function aligned(target: Layout, rank: number): Layout {
  const lead = target.filter((axis) => axis !== -1).length - rank;
  return target.map((axis) => (axis < lead ? -1 : axis - lead));
}

/** The same with one axis of the value moved to the end. */
export function withLast(layout: Layout, axis: number): Layout {
  return [...layout.filter((other) => other !== axis), axis];
}

/** The layout after some axes of the value, and their graph axes, are gone. */
export function dropped(layout: Layout, axes: readonly number[]): Layout {
  return layout
    .filter((axis) => !axes.includes(axis))
    .map((axis) => (axis === -1 ? -1 : axis - axes.filter((other) => other < axis).length));
}

/**
 * The layout of Reshape's output for the same data in the same order, or undefined where data would have to move.
 *
 * Both shapes fall into groups of axes with equal products: [8,6,5] to [8,2,3,5] is 8 to 8, 6 to 2·3, 5 to 5. A group
 * may change inside wherever it stands in the tensor, as long as its own axes stand there together and in order.
 */
export function reshaped(layout: Layout, from: Shape, to: Shape): Layout | undefined {
  const groups = groupAxes(from, to);
  const groupOf = new Map(groups.flatMap((group) => group.from.map((axis) => [axis, group] as const)));
  const order = significant(layout, from);
  const result: number[] = [];
  for (let at = 0; at < order.length; ) {
    const group = groupOf.get(order[at] as number) as Group;
    const members = group.from.filter((axis) => from[axis] !== 1);
    if (members.some((axis, i) => order[at + i] !== axis)) return undefined;
    result.push(...group.to);
    at += members.length;
  }
  // Groups of nothing but ones stand where they like.
  for (const group of groups) {
    if (group.from.every((axis) => from[axis] === 1))
      result.splice(group.to[0] === 0 ? 0 : result.length, 0, ...group.to);
  }
  return result;
}

/**
 * The layout nearest to `layout` from which the same Reshape needs no data moved: every group of axes together and in
 * order, the groups where they are. A channel shuffle moves channels past each other and stays channels-last.
 */
export function regrouped(layout: Layout, from: Shape, to: Shape): Layout {
  const groups = groupAxes(from, to);
  const order = significant(layout, from);
  const place = ({ from: axes }: Group) => Math.min(...axes.map((axis) => order.indexOf(axis)).filter((at) => at >= 0));
  // Groups of nothing but ones have no place, and stand in front.
  const at = new Map(groups.map((group) => [group, Number.isFinite(place(group)) ? place(group) : -1]));
  return groups.toSorted((a, b) => (at.get(a) as number) - (at.get(b) as number)).flatMap((group) => group.from);
}

interface Group {
  readonly from: number[];
  readonly to: number[];
}

/** The finest groups of consecutive axes with equal products; ones at the end belong to the last. */
function groupAxes(from: Shape, to: Shape): Group[] {
  const groups: Group[] = [];
  let [i, j] = [0, 0];
  while (i < from.length && j < to.length) {
    const group: Group = { from: [i], to: [j] };
    let [a, b] = [from[i++] as number, to[j++] as number];
    while (a !== b) {
      if (a < b) {
        group.from.push(i);
        a *= from[i++] as number;
      } else {
        group.to.push(j);
        b *= to[j++] as number;
      }
    }
    groups.push(group);
  }
  if (groups.length === 0) groups.push({ from: [], to: [] });
  const last = groups.at(-1) as Group;
  while (i < from.length) last.from.push(i++);
  while (j < to.length) last.to.push(j++);
  return groups;
}
