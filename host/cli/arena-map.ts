import { formatBytes, padEnd, padStart, printable, shorten } from "./format.js";
import type { Style } from "./terminal.js";

/**
 * The memory plan as a picture: steps of the program across, bytes of the arena down, every buffer a block over the
 * steps it lives and the bytes it takes. Two live buffers can never share a cell's bytes; where buffers or steps are
 * smaller than one cell, the one that covers most of the cell is drawn.
 */
export interface MapBuffer {
  readonly name: string;
  readonly bytes: number;
  readonly offset: number;
  readonly firstUse: number;
  readonly lastUse: number;
}

export interface ArenaMap {
  readonly buffers: readonly MapBuffer[];
  /** Bytes of the arena. */
  readonly bytes: number;
  /** Steps in time: one per node, and one after the last in which the caller reads the outputs. */
  readonly steps: number;
}

const GUTTER = 12;
const MOST_ROWS = 16;
const ROW_BYTES = 64;
const WIDEST_STEP = 8;
const KEYS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const FREE = ".";

/** Lines of at most `width` columns: the time axis, then the rows. Blocks are letters, and coloured where `style` is. */
export function drawArena(map: ArenaMap, width: number, style: Style): string[] {
  const columns = columnsFor(map.steps, Math.max(10, width - GUTTER));
  const rows = Math.max(1, Math.min(MOST_ROWS, Math.ceil(map.bytes / ROW_BYTES)));
  const cells = coverCells(map, columns, rows);
  const lines = cells.map((row, r) => {
    const label = formatBytes(Math.round((r * map.bytes) / rows));
    return `${padStart(label, GUTTER - 2)} |${drawRow(row, cells[r - 1], map, style)}`;
  });
  return [`${" ".repeat(GUTTER)}${timeAxis(map.steps, columns)}`.trimEnd(), ...lines];
}

/** The letter of each buffer in the map, in the buffers' order; after 62 they start again. */
export function bufferKey(index: number): string {
  return KEYS[index % KEYS.length] as string;
}

/** Each step as wide as fits, so that steps stay equally wide; many steps share columns. */
function columnsFor(steps: number, available: number): number {
  return steps > available ? available : steps * Math.min(WIDEST_STEP, Math.floor(available / steps));
}

/** Index of the buffer drawn in each cell, or −1. */
function coverCells({ buffers, bytes, steps }: ArenaMap, columns: number, rows: number): number[][] {
  const owner = Array.from({ length: rows }, () => new Array<number>(columns).fill(-1));
  const covered = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  buffers.forEach((buffer, i) => {
    const across = spans(buffer.firstUse, buffer.lastUse + 1, columns / steps);
    const down = spans(buffer.offset, buffer.offset + buffer.bytes, rows / Math.max(1, bytes));
    for (const [r, height] of down) {
      for (const [c, share] of across) {
        if (r >= rows || c >= columns || height * share <= (covered[r]![c] as number)) continue;
        covered[r]![c] = height * share;
        owner[r]![c] = i;
      }
    }
  });
  return owner;
}

/** The cells that [begin, end) reaches at `scale` cells per unit, each with the part of it that is reached. */
function spans(begin: number, end: number, scale: number): [number, number][] {
  const [first, last] = [begin * scale, end * scale];
  const cells: [number, number][] = [];
  for (let cell = Math.floor(first); cell < last; cell++) {
    const part = Math.min(last, cell + 1) - Math.max(first, cell);
    if (part > 1e-9) cells.push([cell, part]);
  }
  return cells;
}

/** A row, run by run of equal cells. In colour a block carries its name where it starts, and is blank below that. */
function drawRow(row: readonly number[], above: readonly number[] | undefined, map: ArenaMap, style: Style): string {
  let line = "";
  for (let c = 0; c < row.length; ) {
    const owner = row[c] as number;
    let end = c + 1;
    while (end < row.length && row[end] === owner) end++;
    const length = end - c;
    if (owner < 0) line += style.dim(FREE.repeat(length));
    else if (!style.hasColors) line += bufferKey(owner).repeat(length);
    else {
      const isTop = above === undefined || !above.slice(c, end).includes(owner);
      const text = isTop ? blockLabel(map.buffers[owner]!.name, owner, length) : "";
      line += style.block(padEnd(text, length), owner);
    }
    c = end;
  }
  return line;
}

/** "a conv_1/Relu", or as much of it as fits; the letter alone where the name would be a stump. */
function blockLabel(name: string, index: number, length: number): string {
  const key = bufferKey(index);
  return length < 6 ? key : `${key} ${shorten(printable(name), length - 2)}`;
}

/** Step numbers over the columns where their steps begin, as many as fit. */
function timeAxis(steps: number, columns: number): string {
  const room = `${steps - 1}`.length + 2;
  let every = 1;
  for (const next of [2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10000]) {
    if ((every * columns) / steps >= room) break;
    every = next;
  }
  let axis = "";
  for (let step = 0; step < steps; step += every) axis = `${axis.padEnd(Math.floor((step * columns) / steps))}${step}`;
  return axis;
}
