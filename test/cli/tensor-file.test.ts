import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { DType, TypedData } from "../../host/index.js";
import { readLabelsFile, readTensorFile, writeFileAtomically, writeTensorFile } from "../../host/node.js";
import { useFolder } from "./command.js";

const folder = useFolder();
const TENSORS: { dtype: DType; data: TypedData; descr: string }[] = [
  { dtype: "int8", data: Int8Array.of(-128, -1, 0, 1, 2, 127), descr: "|i1" },
  { dtype: "uint8", data: Uint8Array.of(0, 1, 2, 127, 128, 255), descr: "|u1" },
  { dtype: "int32", data: Int32Array.of(-(2 ** 31), -1, 0, 1, 2, 2 ** 31 - 1), descr: "<i4" },
  { dtype: "int64", data: BigInt64Array.of(-(2n ** 63n), -1n, 0n, 1n, 2n, 2n ** 63n - 1n), descr: "<i8" },
  { dtype: "float32", data: Float32Array.of(-0, 1.5, Infinity, -Infinity, 1e-45, 3), descr: "<f4" },
];

describe.each(TENSORS)("$dtype", ({ dtype, data, descr }) => {
  test.each(["raw.bin", "array.npy", "ARRAY.NPY"])("%s: what is written is what is read", async (name) => {
    await writeTensorFile(folder.file(name), { dtype, shape: [2, 3], data });
    expect(await readTensorFile(folder.file(name), { dtype, shape: [6] })).toEqual(data);
  });

  test("the header is NumPy's, and the data starts at a multiple of 64", async () => {
    await writeTensorFile(folder.file("x.npy"), { dtype, shape: [6], data });
    const file = readFileSync(folder.file("x.npy"));
    const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (6,), }`;
    expect(file.subarray(0, 128).toString("latin1")).toBe(`\x93NUMPY\x01\x00\x76\x00${dictionary.padEnd(117)}\n`);
    expect(file.length).toBe(128 + data.byteLength);
  });
});

describe(".npy of others", () => {
  const file = (version: number, header: string) => {
    const length = version === 1 ? [header.length, 0] : [header.length, 0, 0, 0];
    return Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.of(version, 0, ...length), Buffer.from(header)]);
  };
  const read = async (bytes: Uint8Array, shape = [2]) => {
    writeFileSync(folder.file("x.npy"), bytes);
    return [...(await readTensorFile(folder.file("x.npy"), { dtype: "int8", shape }))];
  };
  const seven = Buffer.of(7, 8);

  test.each([1, 2, 3])("version %d", async (version) => {
    const header = "{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }\n";
    expect(await read(Buffer.concat([file(version, header), seven]))).toEqual([7, 8]);
  });

  test("keys in another order, double quotes, no padding", async () => {
    const header = '{"shape":(1,2),"fortran_order":False,"descr":"|i1"}';
    expect(await read(Buffer.concat([file(1, header), seven]))).toEqual([7, 8]);
  });

  test("a scalar", async () => {
    const header = "{'descr': '|i1', 'fortran_order': False, 'shape': ()}";
    expect(await read(Buffer.concat([file(1, header), Buffer.of(7)]), [])).toEqual([7]);
  });

  test.each([
    ["version 4", file(4, "{}"), /version 4 is unknown/],
    ["a header without keys", file(1, "{}"), /does not state descr, fortran_order and shape/],
    ["a header that is not there", file(1, "{}").subarray(0, 11), /not an \.npy file/],
    ["a negative shape", file(1, "{'descr': '|i1', 'fortran_order': False, 'shape': (-2,)}"), /does not state/],
    [
      "a shape beyond numbers",
      file(1, `{'descr': '|i1', 'fortran_order': False, 'shape': (${"9".repeat(40)},)}`),
      /takes/,
    ],
  ])("%s is refused", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });
});

describe("wrong sizes", () => {
  beforeAll(() => writeFileSync(folder.file("five.bin"), new Uint8Array(5)));

  test("state file, tensor, shape and bytes", async () => {
    const reading = readTensorFile(folder.file("five.bin"), { name: "image", dtype: "float32", shape: [1, 3] });
    await expect(reading).rejects.toMatchObject({
      name: "ShapeError",
      message: `${folder.file("five.bin")}: the file has 5 bytes; tensor "image" takes float32 [1,3], 12 bytes`,
    });
  });

  test("a tensor without a name", async () => {
    const reading = readTensorFile(folder.file("five.bin"), { dtype: "int8", shape: [4] });
    await expect(reading).rejects.toThrow("has 5 bytes; the tensor takes int8 [4], 4 bytes");
  });
});

test("writeFileAtomically refuses with the path", async () => {
  const writing = writeFileAtomically(folder.file("no/x.bin"), new Uint8Array(1));
  await expect(writing).rejects.toMatchObject({ name: "EnvironmentError", code: "file" });
});

describe("labels", () => {
  const read = (bytes: string | Uint8Array) => {
    writeFileSync(folder.file("names.txt"), bytes);
    return readLabelsFile(folder.file("names.txt"));
  };

  test.each([
    ["a\nb\n", ["a", "b"]],
    ["a\r\nb\r\n\r\n", ["a", "b"]],
    ["\ufeffa\n\nc", ["a", "", "c"]],
    ["", []],
    ["\n", []],
  ])("%j", async (text, labels) => expect(await read(text)).toEqual(labels));

  test("bytes that are no text are refused", async () => {
    await expect(read(Uint8Array.of(0xff, 0xfe))).rejects.toThrow("not UTF-8");
  });
});
