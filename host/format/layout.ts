import { quote, refuse } from "./refuse.js";

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
  if (bytes.length < PREFIX_BYTES) refuse(1, `the file has ${bytes.length} bytes; a .qbin file has at least 64`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== MAGIC) refuse(2, `the file starts with ${quote(magic)}; a .qbin file starts with "QBIN"`);
  const version = view.getUint32(4, true);
  if (version !== VERSION) refuse(3, `the file has version ${version}; this reader knows version 1. Update qbin`);
  if (bytes.subarray(RESERVED_OFFSET, PREFIX_BYTES).some((byte) => byte !== 0)) {
    refuse(4, "the reserved bytes 48 to 63 are not all 0");
  }
  const headerLength = view.getUint32(LENGTHS_OFFSET, true);
  if (headerLength === 0 || headerLength % ALIGNMENT !== 0 || headerLength > MAX_HEADER_BYTES) {
    refuse(5, `the header has ${headerLength} bytes; must be a multiple of 64 from 64 to ${MAX_HEADER_BYTES}`);
  }
  const start = PREFIX_BYTES + headerLength;
  const end = start + view.getUint32(LENGTHS_OFFSET + 4, true);
  if (end !== bytes.length) {
    refuse(6, `the file has ${bytes.length} bytes, its prefix says ${end}; it was cut short or appended to`);
  }
  return { header: bytes.subarray(PREFIX_BYTES, start), data: bytes.subarray(start) };
}
