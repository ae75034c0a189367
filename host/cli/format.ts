/** Numbers and names as people read them. Nothing here knows what it formats. */

const SIZES = ["bytes", "KiB", "MiB", "GiB"] as const;
const COUNTS = ["", " k", " M", " G", " T"] as const;

/** "960 bytes", "38.2 KiB". */
export function formatBytes(bytes: number): string {
  const [value, unit] = scale(bytes, 1024, SIZES);
  return `${unit === "bytes" ? value : threeDigits(value)} ${unit}`;
}

/** "850", "12.5 M". */
export function formatCount(count: number): string {
  const [value, unit] = scale(count, 1000, COUNTS);
  return `${unit === "" ? value : threeDigits(value)}${unit}`;
}

/** "0.85 µs", "412 µs", "1.20 ms", "3.05 s". */
export function formatMicroseconds(microseconds: number): string {
  const [value, unit] = scale(microseconds, 1000, ["µs", "ms", "s"]);
  return `${threeDigits(value)} ${unit}`;
}

/** "37.5 %". */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Four significant digits, and no more than needed: "0.9961", "1", "-128", "1.234e-7". */
export function formatReal(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}

/** "[1,32,32,3]", the way shapes appear in every message. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(",")}]`;
}

/** "1 node", "2 nodes". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Names come out of files: characters that a terminal would obey, or that show nothing, become "?". */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}

/** `text` in at most `width` columns; where it is longer, the middle is left out. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const tail = [...text];
  const head = tail.splice(0, Math.ceil(tail.length / 2));
  while (head.length > 0 && displayWidth(`${head.join("")}…${tail.join("")}`) > width) {
    if (head.length > tail.length) head.pop();
    else tail.shift();
  }
  return `${head.join("")}…${tail.join("")}`;
}

/** Columns of a terminal: two for East Asian characters and pictures, none for what combines with the one before. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width += /[\u1100-\u115f\u2e80-\uffdf\p{Emoji_Presentation}]/u.test(character) ? 2 : 1;
  }
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

function threeDigits(value: number): string {
  return value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
}

/** Divides by `base` until the value, as it will be rounded, is below it. */
function scale<Unit extends string>(value: number, base: number, units: readonly Unit[]): [number, Unit] {
  let i = 0;
  let scaled = value;
  while (Math.round(scaled) >= base && i + 1 < units.length) {
    scaled /= base;
    i++;
  }
  return [scaled, units[i] as Unit];
}
