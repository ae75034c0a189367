import { inflateRawSync } from "node:zlib";
import { QbinFormatError } from "../../core/errors.js";

/**
 * A ZIP archive as NumPy writes it: files stored or deflated, no encryption, no parts, sizes below 4 GiB. The directory at its
 * end says where each file is:
 *
 *     end of directory    signature "PK\5\6" … count @10, directory's offset @16, comment's length @20
 *     directory entry     signature "PK\1\2" … method @10, packed size @20, size @24, name length @28, extra @30, comment @32,
 *                         file's offset @42, name @46
 *     file                signature "PK\3\4" … name length @26, extra length @28, then both, then the data
 */
const [END, ENTRY, FILE] = [0x06054b50, 0x02014b50, 0x04034b50];
const END_BYTES = 22;
const LONGEST_COMMENT = 65535;
/** An array is unpacked in memory. */
const MOST_BYTES = 2 ** 31 - 1;

/** Files of an archive by name. `who` names it in errors; throws QbinFormatError. */
export function unzip(bytes: Uint8Array, who: string): Map<string, Uint8Array> {
  try {
    return readDirectory(bytes, who);
  } catch (error) {
    // Offsets of a damaged archive lead outside it.
    if (error instanceof RangeError) throw refusal(who, "an offset in it leads outside; it is damaged");
    throw error;
  }
}

function readDirectory(bytes: Uint8Array, who: string): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - END_BYTES;
  while (end >= 0 && view.getUint32(end, true) !== END) {
    end = bytes.length - end > END_BYTES + LONGEST_COMMENT ? -1 : end - 1;
  }
  if (end < 0) throw refusal(who, "this is no .npz archive; it has no directory");
  const files = new Map<string, Uint8Array>();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== ENTRY) throw refusal(who, "its directory is damaged");
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    files.set(name, readEntry(bytes, view, at, `${who}, ${name}`));
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return files;
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, who: string): Uint8Array {
  const [method, packed, size] = [
    view.getUint16(at + 10, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 24, true),
  ];
  const file = view.getUint32(at + 42, true);
  if (size > MOST_BYTES) throw refusal(who, `it has ${size} bytes unpacked; an array may have 2 GiB`);
  if (view.getUint32(file, true) !== FILE) throw refusal(who, "it is not where the directory says");
  const start = file + 30 + view.getUint16(file + 26, true) + view.getUint16(file + 28, true);
  const data = bytes.subarray(start, start + packed);
  if (data.length !== packed) throw refusal(who, `${packed} bytes are stated, ${data.length} are there`);
  const unpacked = method === 0 ? data : method === 8 ? inflate(data, size, who) : undefined;
  if (unpacked === undefined) throw refusal(who, `it is packed by method ${method}; there are 0 and 8`);
  if (unpacked.length !== size) throw refusal(who, `${size} bytes are stated, ${unpacked.length} came out`);
  return unpacked;
}

function inflate(data: Uint8Array, size: number, who: string): Uint8Array {
  try {
    const { buffer, byteOffset, byteLength } = inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch {
    throw refusal(who, "its packed data are damaged");
  }
}

function refusal(who: string, message: string): QbinFormatError {
  return new QbinFormatError("npz", `${who}: ${message}`);
}
