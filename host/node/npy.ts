import type { DType } from "../core/dtype.js";
import { ELEMENT_BYTES } from "../core/dtype.js";
import { QbinFormatError } from "../core/errors.js";
import { elementCount, type Shape } from "../core/shape.js";

/**
 * NumPy's array file, as numpy.lib.format describes it. Little-endian and C order only: the rest of the format is there
 * for data that no tensor of ours has.
 *
 *     byte 0           6       7       8              10 (v2, v3: 12)
 *     ┌───────────────┬───────┬───────┬──────────────┬──────────────────────────┬──────┐
 *     │ "\x93NUMPY"   │ major │ minor │ headerLength │ header: a Python dict    │ data │
 *     └───────────────┴───────┴───────┴──────────────┴──────────────────────────┴──────┘
 *
 * headerLength has two bytes in version 1 and four in versions 2 and 3.
 */
export interface NpyArray {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Little-endian, C order. A view of the file. */
  readonly data: Uint8Array;
}

const MAGIC = "\x93NUMPY";
const ALIGNMENT = 64;

/** More than any header we write or read: 64 KiB of Python for a type and a shape. */
export const MAX_NPY_HEADER_BYTES = 12 + 65536;

/** "<" and "|" as NumPy writes them: byte order, and none for single bytes. */
const DESCRIPTIONS: Readonly<Partial<Record<DType, string>>> = {
  int8: "|i1",
  uint8: "|u1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  float32: "<f4",
};

/** What the header says, from the start of a file; the data begin at `byteOffset`. */
export interface NpyHeader {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly byteOffset: number;
}

/** Takes a file apart. `who` names it in errors; throws QbinFormatError. */
export function parseNpy(bytes: Uint8Array, who: string): NpyArray {
  const { dtype, shape, byteOffset } = parseNpyHeader(bytes, who);
  const data = bytes.subarray(byteOffset);
  const expected = elementCount(shape) * ELEMENT_BYTES[dtype];
  if (data.length !== expected) {
    throw refusal(who, `${dtype} [${shape}] takes ${expected} bytes, ${data.length} follow its header`);
  }
  return { dtype, shape, data };
}

/** Reads the header; `bytes` is a file or its first `MAX_NPY_HEADER_BYTES`. */
export function parseNpyHeader(bytes: Uint8Array, who: string): NpyHeader {
  const { header, byteOffset } = splitFile(bytes, who);
  const description = /["']descr["']\s*:\s*["']([^"']*)["']/.exec(header)?.[1];
  const order = /["']fortran_order["']\s*:\s*(True|False)/.exec(header)?.[1];
  const dimensions = /["']shape["']\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (order === undefined || dimensions === undefined) {
    throw refusal(who, "its header does not state descr, fortran_order and shape");
  }
  const dtype = (Object.keys(DESCRIPTIONS) as DType[]).find((type) => DESCRIPTIONS[type] === description);
  if (dtype === undefined) {
    const types = Object.values(DESCRIPTIONS).join(", ");
    throw refusal(who, `its type is ${description ?? "a structure"}; tensors have one of ${types}`);
  }
  if (order === "True") throw refusal(who, "it is in Fortran order; save numpy.ascontiguousarray(x) instead");
  return { dtype, shape: (dimensions.match(/\d+/g) ?? []).map(Number), byteOffset };
}

function splitFile(bytes: Uint8Array, who: string): { header: string; byteOffset: number } {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC || bytes.length < 12) throw refusal(who, "this is not an .npy file; it does not start as one");
  const version = bytes[6] as number;
  if (version < 1 || version > 3) throw refusal(who, `.npy version ${version} is unknown; there are 1, 2 and 3`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) throw refusal(who, `its header ends at byte ${end}, the file has ${bytes.length}`);
  if (end > MAX_NPY_HEADER_BYTES) throw refusal(who, `its header has ${end - start} bytes, at most 65536 are read`);
  return { header: new TextDecoder().decode(bytes.subarray(start, end)), byteOffset: end };
}

/** A version 1.0 file, byte for byte what `numpy.save` writes. */
export function formatNpy({ dtype, shape, data }: NpyArray): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dictionary = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = 10;
  const end = Math.ceil((start + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(end + data.length);
  const header = `${dictionary.padEnd(end - start - 1)}\n`;
  bytes.set([...MAGIC].map((c) => c.charCodeAt(0)));
  bytes.set([1, 0, (end - start) & 255, (end - start) >> 8], MAGIC.length);
  bytes.set(new TextEncoder().encode(header), start);
  bytes.set(data, end);
  return bytes;
}

function refusal(who: string, message: string): QbinFormatError {
  return new QbinFormatError("npy", `${who}: ${message}`);
}
