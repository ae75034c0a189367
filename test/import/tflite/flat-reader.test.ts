import { Builder } from "flatbuffers";
import { describe, expect, test } from "vitest";
import { QbinFormatError } from "../../../host/core/errors.js";
import { FlatReader, type FlatTable } from "../../../host/import/tflite/flat-reader.js";

function write(fill: (b: Builder) => void, fields = 4): Uint8Array {
  const b = new Builder(64);
  fill(b);
  if (fields > 0) b.startObject(fields);
  return finish(b);
}
function finish(b: Builder): Uint8Array {
  b.finish(b.endObject(), "TEST");
  return b.asUint8Array().slice();
}
const rootOf = (bytes: Uint8Array): FlatTable => new FlatReader(bytes, "f").root("TEST");

describe("FlatReader", () => {
  const b = new Builder(256);
  const text = b.createString("héllo");
  const blob = b.createByteVector(Uint8Array.of(1, 2, 3));
  b.startVector(8, 2, 8);
  b.addInt64(-5n);
  b.addInt64(7n);
  const longs = b.endVector();
  b.startVector(4, 2, 4);
  b.addFloat32(0.5);
  b.addFloat32(-1);
  const floats = b.endVector();
  b.startObject(10);
  b.addFieldInt8(0, -3, 0);
  b.addFieldInt32(1, -70000, 0);
  b.addFieldFloat32(2, 1.5, 0);
  b.addFieldOffset(3, text, 0);
  b.addFieldOffset(4, blob, 0);
  b.addFieldOffset(5, longs, 0);
  b.addFieldOffset(6, floats, 0);
  b.addFieldInt64(7, 1n << 60n, 0n);
  const bytes = finish(b);

  test("reads fields, and defaults of absent ones", () => {
    const table = rootOf(bytes);
    expect([table.int8(0), table.uint8(0), table.bool(0)]).toEqual([-3, 253, true]);
    expect([table.int32(1), table.uint32(1), table.float32(2)]).toEqual([-70000, 4294897296, 1.5]);
    expect([table.string(3), [...(table.bytes(4) ?? [])]]).toEqual(["héllo", [1, 2, 3]]);
    expect([table.int64s(5), table.float32s(6)]).toEqual([
      [7, -5],
      [-1, 0.5],
    ]);
    expect(table.uint64(7)).toBe(Number.POSITIVE_INFINITY);
    expect([table.int32(8, 9), table.string(9), table.table(9), table.tables(9), table.int32s(40)]).toEqual([
      9,
      "",
      undefined,
      [],
      undefined,
    ]);
  });

  test("every single-byte change and every length is read or refused as malformed", () => {
    const readAll = (file: Uint8Array) => {
      try {
        const table = rootOf(file);
        for (let field = 0; field < 10; field++) {
          table.int32(field);
          table.string(field);
          table.bytes(field);
          table.int64s(field);
          table.tables(field).forEach((inner) => {
            inner.table(0);
          });
        }
      } catch (error) {
        if (!(error instanceof QbinFormatError)) throw error;
      }
    };
    let files = 0;
    for (let at = 0; at < bytes.length; at++) {
      readAll(bytes.subarray(0, at));
      for (const value of [0, 1, 4, 127, 128, 255]) {
        const file = bytes.slice();
        file[at] = value;
        readAll(file);
        files++;
      }
    }
    expect(files).toBe(6 * bytes.length);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["an empty file", new Uint8Array(0), /0 bytes, too few/],
    ["another identifier", Uint8Array.of(8, 0, 0, 0, 65, 66, 67, 68, 0, 0, 0, 0), /not a "TEST" FlatBuffer/],
    ["a root outside", Uint8Array.of(200, 0, 0, 0, 84, 69, 83, 84), /at byte 200: a table of 4 bytes reaches outside/],
    ["a vtable in front of the file", Uint8Array.of(8, 0, 0, 0, 84, 69, 83, 84, 99, 0, 0, 0), /at byte -91: a vtable/],
  ])("%s", (_name, file, reason) => {
    expect(() => rootOf(file)).toThrow(reason);
  });

  test("tables that share a large vector a thousand times are too expensive", () => {
    const shared = new Builder(1024);
    shared.startVector(4, 2000, 4);
    for (let i = 0; i < 2000; i++) shared.addInt32(i);
    const vector = shared.endVector();
    const inner = Array.from({ length: 1000 }, () => {
      shared.startObject(1);
      shared.addFieldOffset(0, vector, 0);
      return shared.endObject();
    });
    shared.startVector(4, inner.length, 4);
    for (const offset of inner) shared.addOffset(offset);
    const list = shared.endVector();
    shared.startObject(1);
    shared.addFieldOffset(0, list, 0);
    const root = rootOf(finish(shared));
    expect(() => root.tables(0).map((table) => table.int32s(0))).toThrow(/decodes to many times its length/);
  });

  test("an empty table is fine", () => {
    expect(rootOf(write(() => {})).int32(0, 5)).toBe(5);
  });
});
