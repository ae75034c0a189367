import { sha256 } from "../../host/core/sha256.js";
import { align, DIGEST_OFFSET, LENGTHS_OFFSET, PREFIX_BYTES } from "../../host/format/layout.js";

/** Opens a file and closes it again with anything inside: what an attacker with an editor can do. */

/** Header as text and the data section of a file that is whole. */
export function open(file: Uint8Array): { text: string; data: Uint8Array } {
  const headerLength = new DataView(file.buffer, file.byteOffset).getUint32(LENGTHS_OFFSET, true);
  const border = PREFIX_BYTES + headerLength;
  return { text: new TextDecoder().decode(file.subarray(PREFIX_BYTES, border)).trimEnd(), data: file.subarray(border) };
}

/** A file around any header and data, with a prefix and a digest that fit them. */
export function close(header: string | Uint8Array, data: Uint8Array): Uint8Array {
  const bytes = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const headerLength = align(bytes.length);
  const file = new Uint8Array(PREFIX_BYTES + headerLength + data.length);
  file.set([0x51, 0x42, 0x49, 0x4e, 1]);
  setWord(file, LENGTHS_OFFSET, headerLength);
  setWord(file, LENGTHS_OFFSET + 4, data.length);
  file.fill(0x20, PREFIX_BYTES, PREFIX_BYTES + headerLength);
  file.set(bytes, PREFIX_BYTES);
  file.set(data, PREFIX_BYTES + headerLength);
  return reseal(file);
}

/** Makes the digest fit again, in place. */
export function reseal(file: Uint8Array): Uint8Array {
  if (file.length >= PREFIX_BYTES) file.set(sha256(file.subarray(LENGTHS_OFFSET)), DIGEST_OFFSET);
  return file;
}

export function setWord(file: Uint8Array, offset: number, value: number): void {
  new DataView(file.buffer, file.byteOffset).setUint32(offset, value, true);
}

/** The file with `edit` applied to its parsed header. What `edit` returns, if anything, replaces the header. */
// biome-ignore lint/suspicious/noExplicitAny: the edits break the header's type, which is their purpose
export function editHeader(file: Uint8Array, edit: (header: any) => unknown): Uint8Array {
  const { text, data } = open(file);
  const header = JSON.parse(text);
  return close(JSON.stringify(edit(header) ?? header), data);
}
