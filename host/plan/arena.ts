/**
 * Placement of buffers with known lifetimes in one block, the arena. Pure: sizes and lifetimes in, offsets out.
 *
 *   1. Sort buffers by size, largest first (ties: the one used first).
 *   2. Look at the already placed buffers whose lifetimes overlap this one's, in order of offset.
 *   3. Put it into the lowest gap between them that is large enough, else behind them.
 *
 * Greedy by size is what TensorFlow Lite Micro's planner does as well; it is within a few per cent of the lower bound
 * (`peakLiveBytes`) on convolutional networks, where a few large buffers decide.
 */
export interface Buffer {
  readonly name: string;
  readonly bytes: number;
  /** Step indices, both inclusive. */
  readonly firstUse: number;
  readonly lastUse: number;
}

export interface PlacedBuffer extends Buffer {
  readonly offset: number;
}

export const ALIGNMENT = 64;

export function alignUp(value: number, alignment = ALIGNMENT): number {
  return Math.ceil(value / alignment) * alignment;
}

/** Offsets for `buffers`, in the same order, multiples of 64, with at least `gap` bytes between live neighbours. */
export function planArena(buffers: readonly Buffer[], gap = 0): PlacedBuffer[] {
  const order = buffers.map((_, i) => i);
  order.sort((a, b) => {
    const x = buffers[a] as Buffer;
    const y = buffers[b] as Buffer;
    return y.bytes - x.bytes || x.firstUse - y.firstUse || a - b;
  });
  const placed: PlacedBuffer[] = [];
  const rows = new Float64Array(ROW * buffers.length);
  let end = 0;
  for (const i of order) {
    const buffer = buffers[i] as Buffer;
    let offset = alignUp(gap);
    for (let at = 0; at < end; at += ROW) {
      if (!livesWith(rows, at, buffer)) continue;
      if (offset + buffer.bytes + gap <= rows[at]!) break;
      offset = Math.max(offset, alignUp(rows[at + 1]! + gap));
    }
    const result = { ...buffer, offset };
    placed[i] = result;
    let at = end;
    while (at > 0 && rows[at - ROW]! > offset) at -= ROW;
    end += ROW;
    rows.copyWithin(at + ROW, at, end);
    rows.set(rowOf(result), at);
  }
  return placed;
}

/**
 * Placed buffers as rows of numbers, by offset: a file may have tens of thousands, each is compared with all before it,
 * and a list of objects takes ten times as long.
 */
const ROW = 4;

function rowOf({ offset, bytes, firstUse, lastUse }: PlacedBuffer): number[] {
  return [offset, offset + bytes, firstUse, lastUse];
}

function livesWith(rows: Float64Array, at: number, { firstUse, lastUse }: Buffer): boolean {
  return rows[at + 2]! <= lastUse && firstUse <= rows[at + 3]!;
}

/** Bytes from the start of the arena to the end of its last buffer. */
export function arenaBytes(placed: readonly PlacedBuffer[]): number {
  return placed.reduce((end, buffer) => Math.max(end, alignUp(buffer.offset + buffer.bytes)), 0);
}

/** The least any placement needs: the largest sum of sizes alive at one step. */
export function peakLiveBytes(buffers: readonly Buffer[]): number {
  const change = new Map<number, number>();
  for (const { firstUse, lastUse, bytes } of buffers) {
    change.set(firstUse, (change.get(firstUse) ?? 0) + alignUp(bytes));
    change.set(lastUse + 1, (change.get(lastUse + 1) ?? 0) - alignUp(bytes));
  }
  let live = 0;
  let peak = 0;
  for (const step of [...change.keys()].sort((a, b) => a - b)) {
    live += change.get(step) as number;
    peak = Math.max(peak, live);
  }
  return peak;
}

/** Two buffers that are alive at the same time and share bytes, or undefined: the planner's own proof. */
export function findOverlap(placed: readonly PlacedBuffer[]): readonly [PlacedBuffer, PlacedBuffer] | undefined {
  const byOffset = placed.filter((b) => b.bytes > 0).sort((a, b) => a.offset - b.offset);
  const rows = new Float64Array(byOffset.flatMap(rowOf));
  for (const [i, a] of byOffset.entries()) {
    for (let at = ROW * (i + 1); rows[at]! < a.offset + a.bytes; at += ROW) {
      if (livesWith(rows, at, a)) return [a, byOffset[at / ROW]!];
    }
  }
  return undefined;
}
