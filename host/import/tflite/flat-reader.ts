import { ByteBuffer } from "flatbuffers";
import { QbinFormatError } from "../../core/errors.js";

/**
 * A FlatBuffers file read with every offset checked: the library's `ByteBuffer` reads past its end without complaint,
 * so it is only asked for bytes that were proven to exist.
 *
 * Overlapping tables could make a small file decode into something huge. Everything that is decoded therefore costs
 * its size, and a file may cost no more than a few times its own length.
 */
export class FlatReader {
  readonly buffer: ByteBuffer;
  readonly byteLength: number;
  readonly #who: string;
  #budget: number;

  constructor(bytes: Uint8Array, who: string) {
    this.buffer = new ByteBuffer(bytes);
    this.byteLength = bytes.byteLength;
    this.#who = who;
    this.#budget = 8 * bytes.byteLength + 65536;
  }

  /** The root table, after the file identifier was compared. */
  root(identifier: string): FlatTable {
    if (this.byteLength < 8) this.fail(0, `the file has ${this.byteLength} bytes, too few for a header`);
    if (!this.buffer.__has_identifier(identifier)) this.fail(4, `the file is not a "${identifier}" FlatBuffer`);
    return new FlatTable(this, this.buffer.readUint32(0));
  }

  /** Throws unless [offset, offset + size) lies in the file; then accounts for it. */
  take(offset: number, size: number, what: string): void {
    if (offset < 0 || size < 0 || offset + size > this.byteLength) {
      this.fail(offset, `${what} of ${size} bytes reaches outside the file's ${this.byteLength} bytes`);
    }
    this.#budget -= size;
    if (this.#budget < 0) this.fail(offset, "its tables overlap so often that it decodes to many times its length");
  }

  fail(offset: number, what: string): never {
    throw new QbinFormatError("tflite-malformed", `${this.#who}: malformed at byte ${offset}: ${what}`);
  }
}

/** One table. `field` arguments are field numbers in schema order; a union takes two, its type and then its value. */
export class FlatTable {
  readonly #reader: FlatReader;
  readonly #position: number;
  readonly #vtable: number;
  readonly #fields: number;
  readonly #size: number;

  constructor(reader: FlatReader, position: number) {
    reader.take(position, 4, "a table");
    const vtable = position - reader.buffer.readInt32(position);
    reader.take(vtable, 4, "a vtable");
    const vtableSize = reader.buffer.readUint16(vtable);
    const size = reader.buffer.readUint16(vtable + 2);
    if (vtableSize < 4 || size < 4) reader.fail(vtable, `a vtable of ${vtableSize} bytes for a table of ${size}`);
    reader.take(vtable, vtableSize, "a vtable");
    reader.take(position, size, "a table");
    this.#reader = reader;
    this.#position = position;
    this.#vtable = vtable;
    this.#fields = (vtableSize - 4) >> 1;
    this.#size = size;
  }

  bool(field: number, otherwise = false): boolean {
    const at = this.#at(field, 1);
    return at === 0 ? otherwise : this.#reader.buffer.readUint8(at) !== 0;
  }

  uint8(field: number, otherwise = 0): number {
    const at = this.#at(field, 1);
    return at === 0 ? otherwise : this.#reader.buffer.readUint8(at);
  }

  int8(field: number, otherwise = 0): number {
    const at = this.#at(field, 1);
    return at === 0 ? otherwise : this.#reader.buffer.readInt8(at);
  }

  int32(field: number, otherwise = 0): number {
    const at = this.#at(field, 4);
    return at === 0 ? otherwise : this.#reader.buffer.readInt32(at);
  }

  uint32(field: number, otherwise = 0): number {
    const at = this.#at(field, 4);
    return at === 0 ? otherwise : this.#reader.buffer.readUint32(at);
  }

  float32(field: number, otherwise = 0): number {
    const at = this.#at(field, 4);
    return at === 0 ? otherwise : this.#reader.buffer.readFloat32(at);
  }

  /** A file offset or size; beyond 2^53 it is no use and becomes infinite, which every bound refuses. */
  uint64(field: number): number {
    const at = this.#at(field, 8);
    if (at === 0) return 0;
    const value = this.#reader.buffer.readUint64(at);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
  }

  table(field: number): FlatTable | undefined {
    const at = this.#at(field, 4);
    return at === 0 ? undefined : new FlatTable(this.#reader, this.#indirect(at));
  }

  tables(field: number): FlatTable[] {
    return this.#vector(field, 4, (at) => new FlatTable(this.#reader, this.#indirect(at))) ?? [];
  }

  int32s(field: number): number[] | undefined {
    return this.#vector(field, 4, (at) => this.#reader.buffer.readInt32(at));
  }

  float32s(field: number): number[] | undefined {
    return this.#vector(field, 4, (at) => this.#reader.buffer.readFloat32(at));
  }

  /** Values beyond ±2^53 lose digits, which keeps them far outside every range asked of them. */
  int64s(field: number): number[] | undefined {
    return this.#vector(field, 8, (at) => Number(this.#reader.buffer.readInt64(at)));
  }

  /** A view of a byte vector, not a copy. Costs nothing of the budget, because constants may well be shared. */
  bytes(field: number): Uint8Array | undefined {
    const vector = this.#header(field);
    if (vector === undefined) return undefined;
    const { start, count } = vector;
    if (start + count > this.#reader.byteLength) this.#reader.fail(start, `a vector of ${count} bytes leaves the file`);
    return this.#reader.buffer.bytes().subarray(start, start + count);
  }

  string(field: number): string {
    const vector = this.#header(field);
    if (vector === undefined) return "";
    this.#reader.take(vector.start, vector.count, "a string");
    return new TextDecoder().decode(this.#reader.buffer.bytes().subarray(vector.start, vector.start + vector.count));
  }

  #vector<T>(field: number, elementSize: number, read: (at: number) => T): T[] | undefined {
    const vector = this.#header(field);
    if (vector === undefined) return undefined;
    const { start, count } = vector;
    this.#reader.take(start, count * elementSize, "a vector");
    return Array.from({ length: count }, (_, i) => read(start + i * elementSize));
  }

  #header(field: number): { start: number; count: number } | undefined {
    const at = this.#at(field, 4);
    if (at === 0) return undefined;
    const start = this.#indirect(at);
    this.#reader.take(start, 4, "a vector's length");
    return { start: start + 4, count: this.#reader.buffer.readUint32(start) };
  }

  #indirect(at: number): number {
    return at + this.#reader.buffer.readUint32(at);
  }

  /** Absolute offset of a field's `size` bytes, or 0 when the table leaves the field out. */
  #at(field: number, size: number): number {
    if (field >= this.#fields) return 0;
    const relative = this.#reader.buffer.readUint16(this.#vtable + 4 + 2 * field);
    if (relative === 0) return 0;
    if (relative < 4 || relative + size > this.#size) {
      this.#reader.fail(this.#position, `field ${field} lies at ${relative} in a table of ${this.#size} bytes`);
    }
    return this.#position + relative;
  }
}
