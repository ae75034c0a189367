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
  const byOffset: PlacedBuffer[] = [];
  for (const i of order) {
    const buffer = buffers[i] as Buffer;
    let offset = gap;
    for (const other of byOffset) {
      if (!livesWith(buffer, other)) continue;
      if (offset + buffer.bytes + gap <= other.offset) break;
      offset = Math.max(offset, alignUp(other.offset + other.bytes + gap));
    }
    const result = { ...buffer, offset: alignUp(offset) };
    placed[i] = result;
    const at = byOffset.findIndex((other) => other.offset > result.offset);
    byOffset.splice(at < 0 ? byOffset.length : at, 0, result);
  }
  return placed;
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
  const byOffset = [...placed].filter((b) => b.bytes > 0).sort((a, b) => a.offset - b.offset);
  for (let i = 0; i < byOffset.length; i++) {
    const a = byOffset[i] as PlacedBuffer;
    for (let j = i + 1; j < byOffset.length; j++) {
      const b = byOffset[j] as PlacedBuffer;
      if (b.offset >= a.offset + a.bytes) break;
      if (livesWith(a, b)) return [a, b];
    }
  }
  return undefined;
}

function livesWith(a: Buffer, b: Buffer): boolean {
  return a.firstUse <= b.lastUse && b.firstUse <= a.lastUse;
}
