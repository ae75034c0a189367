import { QbinFormatError, ShapeError, UnsupportedOpError } from "../../core/errors.js";
import { formatShape, MAX_ELEMENTS } from "../../core/shape.js";
import { fromFloat16 } from "../../core/stored.js";
import { cleanName, quote } from "../common/text.js";
import { allocate, type Constant, constantType, type Numbers, typeName } from "./constant.js";
import type { TensorMessage } from "./schema.js";

/** Reads a file beside the model: its bytes by the relative path the model names. */
export type ReadExternal = (location: string) => Uint8Array;

/**
 * A TensorProto as numbers. Its values are in `raw_data`, in the field of its type, or in another file.
 *
 * @throws QbinFormatError when values and shape disagree; UnsupportedOpError for types that hold no numbers
 */
export function readTensor(tensor: TensorMessage, external: ReadExternal | undefined): Constant {
  const who = `tensor ${quote(cleanName(tensor.name))}`;
  const fileType = typeName(tensor.dataType);
  const type = constantType(fileType);
  const count = countElements(tensor.dims, who);
  if (tensor.segment !== undefined) throw new UnsupportedOpError("tensor-segment", `${who} is stored in segments`);
  const raw = tensor.dataLocation === 1 ? readExternal(tensor, who, external) : tensor.rawData;
  const data =
    fileType in PACKED_BITS
      ? fromPacked(raw ?? tensor.int32Data, fileType, count, who)
      : raw === undefined
        ? fromFields(tensor, fileType)
        : fromBytes(raw, fileType, count, who);
  if (data.length !== count) {
    throw new QbinFormatError(
      "onnx-malformed",
      `${who} ${formatShape(tensor.dims)} takes ${count} elements, the file has ${data.length}`,
    );
  }
  return { type, shape: tensor.dims, data };
}

function countElements(dims: readonly number[], who: string): number {
  let count = 1;
  for (const dimension of dims) {
    if (!Number.isInteger(dimension) || dimension < 0) {
      throw new ShapeError(`${who} has shape ${formatShape(dims)}; dimensions are 0 or more`);
    }
    count *= dimension;
  }
  if (count > MAX_ELEMENTS || dims.length > 64) {
    throw new ShapeError(`${who} has shape ${formatShape(dims.slice(0, 8))}, more than ${MAX_ELEMENTS} elements`);
  }
  return count;
}

/** Bytes per element in `raw_data`. */
const RAW_BYTES: Readonly<Record<string, number>> = {
  FLOAT: 4,
  FLOAT16: 2,
  BFLOAT16: 2,
  DOUBLE: 8,
  INT8: 1,
  UINT8: 1,
  BOOL: 1,
  INT16: 2,
  UINT16: 2,
  INT32: 4,
  UINT32: 4,
  INT64: 8,
  UINT64: 8,
};

/** Bits of the types of which several elements share a byte, the first in its lowest bits. */
const PACKED_BITS: Readonly<Record<string, number>> = { INT4: 4, UINT4: 4, INT2: 2, UINT2: 2 };

function fromPacked(bytes: ArrayLike<number>, type: string, count: number, who: string): Numbers {
  const bits = PACKED_BITS[type] as number;
  const perByte = 8 / bits;
  if (bytes.length !== Math.ceil(count / perByte)) {
    throw new QbinFormatError(
      "onnx-malformed",
      `${who} has ${bytes.length} bytes for ${count} elements of ${type}, which take ${Math.ceil(count / perByte)}`,
    );
  }
  const data = allocate(type, count);
  // Moved up to the sign bit of 32 and down again, signed or not.
  for (let i = 0; i < count; i++) {
    const high = (bytes[Math.floor(i / perByte)] as number) << (32 - bits * ((i % perByte) + 1));
    data[i] = type.startsWith("U") ? high >>> (32 - bits) : high >> (32 - bits);
  }
  return data;
}

/** Little-endian, whatever the machine that wrote it. A view of `raw` where alignment and type allow it. */
function fromBytes(raw: Uint8Array, type: string, count: number, who: string): Numbers {
  const size = RAW_BYTES[type] as number;
  if (raw.length !== count * size) {
    throw new QbinFormatError(
      "onnx-malformed",
      `${who} has ${raw.length} bytes for ${count} elements of ${type}, which take ${count * size}`,
    );
  }
  const bytes = raw.byteOffset % size === 0 ? raw : raw.slice();
  const at = [bytes.buffer, bytes.byteOffset, count] as const;
  switch (type) {
    case "FLOAT":
      return new Float32Array(...at);
    case "DOUBLE":
      return new Float64Array(...at);
    case "INT8":
      return new Int8Array(...at);
    case "INT16":
      return new Int16Array(...at);
    case "UINT16":
      return new Uint16Array(...at);
    case "INT32":
      return new Int32Array(...at);
    case "UINT32":
      return new Uint32Array(...at);
    case "INT64":
      return Float64Array.from(new BigInt64Array(...at), Number);
    case "UINT64":
      return Float64Array.from(new BigUint64Array(...at), Number);
    case "FLOAT16":
      return Float32Array.from(new Uint16Array(...at), fromFloat16);
    case "BFLOAT16":
      return Float32Array.from(new Uint16Array(...at), brainToNumber);
    default:
      return new Uint8Array(...at);
  }
}

/** int32_data holds every type of up to 32 bits but float, and the bits of 16-bit floats. */
function fromFields(tensor: TensorMessage, type: string): Numbers {
  switch (type) {
    case "FLOAT":
      return fromBytes(tensor.floatData, "FLOAT", tensor.floatData.length / 4, "");
    case "DOUBLE":
      return fromBytes(tensor.doubleData, "DOUBLE", tensor.doubleData.length / 8, "");
    case "INT64":
      return Float64Array.from(tensor.int64Data);
    case "UINT64":
    case "UINT32":
      return fill(type, tensor.uint64Data);
    case "FLOAT16":
      return Float32Array.from(tensor.int32Data, fromFloat16);
    case "BFLOAT16":
      return Float32Array.from(tensor.int32Data, brainToNumber);
    default:
      return fill(type, tensor.int32Data);
  }
}

function fill(type: string, values: readonly number[]): Numbers {
  const data = allocate(type, values.length);
  data.set(values);
  return data;
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function brainToNumber(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

/**
 * Values in another file. Its path comes from the model and is hostile: it must be relative and stay below the folder
 * the model is in. Whoever reads the file knows about links and checks where it really is.
 */
function readExternal(tensor: TensorMessage, who: string, external: ReadExternal | undefined): Uint8Array {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  const parts = location.split("/");
  if (location === "" || /[\\:\p{C}]/u.test(location) || parts.includes("..") || parts[0] === "") {
    const shown = quote(cleanName(location));
    throw new QbinFormatError("onnx-external", `${who} is in file ${shown}, which is not inside the model's folder`);
  }
  if (external === undefined) {
    throw new UnsupportedOpError(
      "onnx-external",
      `${who} is in file ${quote(location)}; save the model as one file, or give the importer access to its folder`,
    );
  }
  const file = external(location);
  const begin = entryNumber(entries.get("offset"), 0, who);
  const end = begin + entryNumber(entries.get("length"), file.length - begin, who);
  if (begin > end || end > file.length) {
    throw new QbinFormatError(
      "onnx-external",
      `${who} is bytes ${begin} to ${end} of ${quote(location)}, which has ${file.length}`,
    );
  }
  return file.subarray(begin, end);
}

function entryNumber(text: string | undefined, otherwise: number, who: string): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new QbinFormatError("onnx-external", `${who} has external data at ${quote(cleanName(text))}, not a number`);
}
