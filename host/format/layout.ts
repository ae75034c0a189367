import { must, show } from "./must.js";

/**
 * Where things are in a `.qbin` file. All numbers are little-endian.
 *
 *     byte 0        4         8                    40             44           48            64
 *     ┌────────┬─────────┬────────────────────┬──────────────┬────────────┬─────────────┬──────────┬────────┐
 *     │ "QBIN" │ version │ SHA-256 of the rest │ headerLength │ dataLength │ 16 × 0      │ header   │ data   │
 *     └────────┴─────────┴────────────────────┴──────────────┴────────────┴─────────────┴──────────┴────────┘
 *
 * The digest covers every byte after itself, so that it can be computed without copying; the eight bytes before it can
 * have one value only. The header is JSON, padded with spaces so that the data starts at a multiple of 64.
 */
export const MAGIC = "QBIN";
export const VERSION = 1;
export const DIGEST_OFFSET = 8;
export const LENGTHS_OFFSET = 40;
export const RESERVED_OFFSET = 48;
export const PREFIX_BYTES = 64;

/** Alignment of the data section in the file, and of every block in the data section: a cache line. */
export const ALIGNMENT = 64;
export const MAX_HEADER_BYTES = 2 ** 24;

/** The next multiple of 64, or `position` itself. */
export function align(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}

/** Splits a file at the borders its prefix states. The parts are views, and nothing in them has been checked. */
export function splitFile(bytes: Uint8Array): { header: Uint8Array; data: Uint8Array } {
  const { length } = bytes;
  must(length >= PREFIX_BYTES, 1, "file length", length, "at least 64");
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const word = (offset: number) => view.getUint32(offset, true);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  must(magic === MAGIC, 2, "file start", show(magic), show(MAGIC));
  must(word(4) === VERSION, 3, "file version", word(4), `${VERSION}; update qbin`);
  const reserved = bytes.subarray(RESERVED_OFFSET, PREFIX_BYTES);
  must(!reserved.some(Boolean), 4, "reserved", reserved, 0);
  const headerLength = word(LENGTHS_OFFSET);
  must(
    headerLength && headerLength % ALIGNMENT === 0 && headerLength <= MAX_HEADER_BYTES,
    5,
    "header length",
    headerLength,
    `a multiple of 64, at most ${MAX_HEADER_BYTES}`,
  );
  const start = PREFIX_BYTES + headerLength;
  const end = start + word(LENGTHS_OFFSET + 4);
  must(length === end, 6, "file length", length, `${end}; the file was cut short or appended to`);
  // Node's Buffer is a Uint8Array whose slice() does not copy; the parts are plain ones.
  const part = (from: number, to: number) => new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
  return { header: part(PREFIX_BYTES, start), data: part(start, end) };
}
