/** Writes .tflite files of one operator, enough for another runtime to load: the part of schema.fbs that takes. */
import { Builder, type Offset } from "flatbuffers";

export type FileType = "FLOAT32" | "INT32" | "UINT8" | "INT8";

export interface FileTensor {
  readonly type: FileType;
  readonly shape: readonly number[];
  readonly scale?: readonly number[];
  readonly zeroPoint?: number;
  /** quantized_dimension, which the file has even for one scale. */
  readonly axis?: number;
  /** Present for constants. */
  readonly data?: Uint8Array;
}

/** Field values by field number, each with the type the schema gives it. */
export type OptionField = readonly [field: number, kind: "byte" | "int" | "float", value: number];

export interface FileOperator {
  /** BuiltinOperator, and the version of it that knows the types used. */
  readonly code: number;
  readonly version: number;
  /** BuiltinOptions, and its fields. */
  readonly options?: readonly [union: number, fields: readonly OptionField[]];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface FileModel {
  readonly tensors: readonly FileTensor[];
  readonly operators: readonly FileOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const TYPE_CODES: Readonly<Record<FileType, number>> = { FLOAT32: 0, INT32: 2, UINT8: 3, INT8: 9 };
const VERSION = 3;

export function writeTflite({ tensors, operators, inputs, outputs }: FileModel): Uint8Array {
  const b = new Builder(1024);
  const codes = operators.map(({ code }) => code);
  const codeTables = operators.map(({ code, version }) =>
    table(b, 4, () => {
      b.addFieldInt8(0, Math.min(code, 127), 0);
      b.addFieldInt32(2, version, 1);
      b.addFieldInt32(3, code, 0);
    }),
  );
  // Buffer 0 is empty by convention; buffer i + 1 belongs to tensor i.
  const buffers = [undefined, ...tensors.map(({ data }) => data)].map((data) => {
    if (data === undefined) return table(b, 1, () => {});
    b.startVector(1, data.length, 16);
    for (let i = data.length - 1; i >= 0; i--) b.addInt8(data[i] as number);
    const vector = b.endVector();
    return table(b, 1, () => b.addFieldOffset(0, vector, 0));
  });
  const tensorTables = tensors.map((tensor, i) => writeTensor(b, tensor, i));
  const operatorTables = operators.map(({ code, options, inputs, outputs }) => {
    const optionTable = options && table(b, 16, () => addFields(b, options[1]));
    const [ins, outs] = [ints(b, inputs), ints(b, outputs)];
    return table(b, 9, () => {
      b.addFieldInt32(0, codes.indexOf(code), 0);
      b.addFieldOffset(1, ins, 0);
      b.addFieldOffset(2, outs, 0);
      if (options === undefined || optionTable === undefined) return;
      b.addFieldInt8(3, options[0], 0);
      b.addFieldOffset(4, optionTable, 0);
    });
  });
  const graph = [offsets(b, tensorTables), ints(b, inputs), ints(b, outputs), offsets(b, operatorTables)] as const;
  const name = b.createString("main");
  const subgraph = table(b, 5, () => {
    graph.forEach((offset, field) => {
      b.addFieldOffset(field, offset, 0);
    });
    b.addFieldOffset(4, name, 0);
  });
  const parts = [offsets(b, codeTables), offsets(b, [subgraph]), offsets(b, buffers)] as const;
  const model = table(b, 5, () => {
    b.addFieldInt32(0, VERSION, 0);
    b.addFieldOffset(1, parts[0], 0);
    b.addFieldOffset(2, parts[1], 0);
    b.addFieldOffset(4, parts[2], 0);
  });
  b.finish(model, "TFL3");
  return b.asUint8Array().slice();
}

function writeTensor(b: Builder, { type, shape, scale, zeroPoint = 0, axis = 0 }: FileTensor, i: number): Offset {
  const [name, dimensions] = [b.createString(`t${i}`), ints(b, shape)];
  const quantization = scale && writeQuantization(b, scale, zeroPoint, axis);
  return table(b, 5, () => {
    b.addFieldOffset(0, dimensions, 0);
    b.addFieldInt8(1, TYPE_CODES[type], 0);
    b.addFieldInt32(2, i + 1, 0);
    b.addFieldOffset(3, name, 0);
    if (quantization !== undefined) b.addFieldOffset(4, quantization, 0);
  });
}

function writeQuantization(b: Builder, scale: readonly number[], zeroPoint: number, axis: number): Offset {
  b.startVector(4, scale.length, 4);
  for (const value of scale.toReversed()) b.addFloat32(value);
  const scales = b.endVector();
  b.startVector(8, scale.length, 8);
  for (const _ of scale) b.addInt64(BigInt(zeroPoint));
  const zeroPoints = b.endVector();
  return table(b, 7, () => {
    b.addFieldOffset(2, scales, 0);
    b.addFieldOffset(3, zeroPoints, 0);
    b.addFieldInt32(6, axis, 0);
  });
}

function addFields(b: Builder, fields: readonly OptionField[]): void {
  for (const [field, kind, value] of fields) {
    if (kind === "float") b.addFieldFloat32(field, value, 0);
    else if (kind === "int") b.addFieldInt32(field, value, 0);
    else b.addFieldInt8(field, value, 0);
  }
}

function table(b: Builder, fields: number, write: () => void): Offset {
  b.startObject(fields);
  write();
  return b.endObject();
}

function ints(b: Builder, values: readonly number[]): Offset {
  b.startVector(4, values.length, 4);
  for (const value of values.toReversed()) b.addInt32(value);
  return b.endVector();
}

function offsets(b: Builder, values: readonly Offset[]): Offset {
  b.startVector(4, values.length, 4);
  for (const value of values.toReversed()) b.addOffset(value);
  return b.endVector();
}
