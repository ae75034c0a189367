import { displayWidth, padEnd, padStart, printable, shorten } from "./format.js";

export interface Column {
  readonly title: string;
  /** Numbers stand right, words left. */
  readonly align?: "left" | "right";
  /** May be cut in the middle where the line would be wider than the terminal. */
  readonly canShrink?: boolean;
  /** Left out where the line would be wider than the terminal, before anything is cut. */
  readonly isOptional?: boolean;
}

const GAP = "  ";
const NARROWEST = 8;

/**
 * Rows under their titles, columns as wide as their widest cell, two spaces apart and no space at the end. Where `width`
 * is given and the table is wider, optional columns go, then those that may shrink are cut, the widest first.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string[] {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, c) => Math.max(...lines.map((line) => displayWidth(line[c] ?? ""))));
  const isOptional = columns.some((column) => column.isOptional);
  if (isOptional && totalWidth(widths) > width) {
    const kept = columns.map((column) => !column.isOptional);
    const only = <T>(list: readonly T[]) => list.filter((_, c) => kept[c]);
    return formatTable(only(columns), rows.map(only), width);
  }
  shrink(columns, widths, width);
  return lines.map((line) =>
    columns
      .map(({ align }, c) => {
        const cell = shorten(line[c] ?? "", widths[c] as number);
        return align === "right" ? padStart(cell, widths[c] as number) : padEnd(cell, widths[c] as number);
      })
      .join(GAP)
      .trimEnd(),
  );
}

function shrink(columns: readonly Column[], widths: number[], width: number): void {
  while (totalWidth(widths) > width) {
    const widest = columns.reduce(
      (best, { canShrink }, c) => (canShrink && (widths[c] as number) > (widths[best] ?? NARROWEST) ? c : best),
      -1,
    );
    if (widest < 0) return;
    widths[widest] = (widths[widest] as number) - 1;
  }
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

/** Two columns without titles: what it is, and its value. */
export function formatFacts(facts: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...facts.map(([key]) => key.length));
  return facts.map(([key, value]) => `${key.padEnd(width)}  ${printable(value)}`.trimEnd());
}
