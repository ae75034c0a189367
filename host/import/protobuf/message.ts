import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { QbinError, QbinFormatError } from "../../core/errors.js";

/**
 * Protobuf messages by a schema of the fields somebody needs; unknown fields are skipped, as the format wants it.
 * The wire format is read by Buf's reader, which checks every length.
 */
export interface Field<T> {
  readonly number: number;
  readonly initial: () => T;
  /** The field's value after one more occurrence of it. */
  read(reader: BinaryReader, wire: WireType, before: T, decoder: Decoder): T;
}

export type Schema = Readonly<Record<string, Field<unknown>>>;
export type MessageOf<S extends Schema> = { -readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never };

/** Messages one file may consist of: an empty one takes two bytes there and a hundred here. */
const MAX_MESSAGES = 2 ** 20;

/** Decodes one file; counts its messages. */
class Decoder {
  #messages = 0;

  message<S extends Schema>(schema: S, bytes: Uint8Array): MessageOf<S> {
    if (++this.#messages > MAX_MESSAGES) throw malformed(`it has more than ${MAX_MESSAGES} messages`);
    const fields = new Map(Object.entries(schema).map(([name, field]) => [field.number, { name, field }]));
    const result: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(schema)) result[name] = field.initial();
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [number, wire] = reader.tag();
      const entry = fields.get(number);
      if (entry === undefined) reader.skip(wire, number);
      else result[entry.name] = entry.field.read(reader, wire, result[entry.name], this);
      requireInside(reader);
    }
    return result as MessageOf<S>;
  }
}

/**
 * Decodes a whole file.
 *
 * @throws QbinFormatError with code "protobuf-malformed" when it is not one, or not one of `schema`
 */
export function decodeFile<S extends Schema>(schema: S, bytes: Uint8Array): MessageOf<S> {
  try {
    return new Decoder().message(schema, bytes);
  } catch (error) {
    if (error instanceof QbinError) throw error;
    const reason = error instanceof Error ? error.message.replace(/\P{ASCII}|\p{C}/gu, "?") : "unreadable";
    throw malformed(`its protobuf encoding is broken (${reason}); the file is damaged or cut short`);
  }
}

function requireInside(reader: BinaryReader): void {
  if (reader.pos > reader.len) throw malformed("a value reaches past the end of its message");
}

function malformed(message: string): QbinFormatError {
  return new QbinFormatError("protobuf-malformed", message);
}

function expect(wire: WireType, expected: WireType, number: number): void {
  if (wire !== expected) throw malformed(`field ${number} has wire type ${wire} where its schema has ${expected}`);
}

/** int32, int64 or an enum. Beyond ±2^53 digits are lost, which turns "to the end" into a number as good. */
export function integer(number: number): Field<number | undefined> {
  return {
    number,
    initial: () => undefined,
    read(reader, wire) {
      expect(wire, WireType.Varint, number);
      return Number(reader.int64());
    },
  };
}

/** Repeated int32 or int64, packed or not. */
export function integers(number: number): Field<number[]> {
  return {
    number,
    initial: () => [],
    read(reader, wire, before) {
      if (wire === WireType.Varint) {
        before.push(Number(reader.int64()));
        return before;
      }
      expect(wire, WireType.LengthDelimited, number);
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) before.push(Number(packed.int64()));
      requireInside(packed);
      return before;
    },
  };
}

export function float(number: number): Field<number | undefined> {
  return {
    number,
    initial: () => undefined,
    read(reader, wire) {
      expect(wire, WireType.Bit32, number);
      return reader.float();
    },
  };
}

/** Repeated float (`size` 4) or double (8), packed or not, as the little-endian bytes they are. */
export function fixed(number: number, size: 4 | 8): Field<Uint8Array> {
  const single = size === 4 ? WireType.Bit32 : WireType.Bit64;
  return {
    number,
    initial: () => new Uint8Array(0),
    read(reader, wire, before) {
      if (wire !== single) expect(wire, WireType.LengthDelimited, number);
      const bytes = wire === single ? reader.skip(wire) : reader.bytes();
      if (bytes.length % size !== 0) throw malformed(`field ${number} packs ${bytes.length} bytes, not whole numbers`);
      return before.length === 0 ? bytes : append(before, bytes);
    },
  };
}

/** Amortized: the view handed out is the front of a buffer that doubles. */
function append(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  const length = before.length + bytes.length;
  const room = before.byteOffset === 0 && before.buffer.byteLength >= length && grown.has(before.buffer);
  const target = room ? new Uint8Array(before.buffer) : new Uint8Array(2 * length);
  if (!room) {
    grown.add(target.buffer);
    target.set(before);
  }
  target.set(bytes, before.length);
  return target.subarray(0, length);
}

/** Buffers made here, and not parts of the file. */
const grown = new WeakSet<ArrayBufferLike>();

/** A view of the file. */
export function bytes(number: number): Field<Uint8Array | undefined> {
  return {
    number,
    initial: () => undefined,
    read(reader, wire) {
      expect(wire, WireType.LengthDelimited, number);
      return reader.bytes();
    },
  };
}

export function text(number: number): Field<string> {
  return {
    number,
    initial: () => "",
    read(reader, wire) {
      expect(wire, WireType.LengthDelimited, number);
      return reader.string();
    },
  };
}

export function texts(number: number): Field<string[]> {
  return {
    number,
    initial: () => [],
    read(reader, wire, before) {
      expect(wire, WireType.LengthDelimited, number);
      before.push(reader.string());
      return before;
    },
  };
}

export function message<S extends Schema>(number: number, schema: S): Field<MessageOf<S> | undefined> {
  return {
    number,
    initial: () => undefined,
    read(reader, wire, _before, decoder) {
      expect(wire, WireType.LengthDelimited, number);
      return decoder.message(schema, reader.bytes());
    },
  };
}

export function messages<S extends Schema>(number: number, schema: S): Field<MessageOf<S>[]> {
  return {
    number,
    initial: () => [],
    read(reader, wire, before, decoder) {
      expect(wire, WireType.LengthDelimited, number);
      before.push(decoder.message(schema, reader.bytes()));
      return before;
    },
  };
}
