import { Builder } from "flatbuffers";
import { operatorName, tensorTypeName } from "../../../host/import/tflite/names.js";

export interface TensorSpec {
  readonly name: string;
  /** Default "INT8". */
  readonly type?: string;
  readonly shape: readonly number[];
  readonly signature?: readonly number[];
  /** Default 0.5 for INT8 and UINT8, none for others; null for none at all. */
  readonly scale?: number | readonly number[] | null;
  readonly zeroPoint?: number | readonly number[];
  readonly axis?: number;
  /** Elements, in the tensor's type. Makes the tensor a constant. */
  readonly data?: readonly number[] | Uint8Array;
  readonly variable?: boolean;
  readonly sparse?: boolean;
}

export interface OperatorSpec {
  /** Name of the BuiltinOperator, or `CUSTOM name`. */
  readonly kind: string;
  /** Tensor names; null for an absent optional input. */
  readonly inputs: readonly (string | null)[];
  readonly outputs: readonly string[];
  /** Options table: field number → value. */
  readonly options?: Readonly<Record<number, Field>>;
}

export type Field =
  | { readonly int8: number }
  | { readonly int32: number }
  | { readonly float32: number }
  | { readonly int32s: readonly number[] };

export interface ModelSpec {
  readonly tensors: readonly TensorSpec[];
  readonly operators: readonly OperatorSpec[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly description?: string;
  /** Copies of the subgraph; default 1. */
  readonly subgraphs?: number;
  readonly version?: number;
  /** Names of a signature, and the tensors they stand for. */
  readonly signature?: { readonly inputs: readonly NamedTensor[]; readonly outputs: readonly NamedTensor[] };
}

export type NamedTensor = readonly [name: string, tensor: string | number];

const OPERATOR_CODES = new Map(Array.from({ length: 162 }, (_, code) => [operatorName(code), code]));
const TYPE_CODES = new Map(Array.from({ length: 21 }, (_, code) => [tensorTypeName(code), code]));

/** Writes a .tflite file with the library's own builder, field numbers as in TensorFlow's schema.fbs. */
export function writeTflite(model: ModelSpec): Uint8Array {
  const b = new Builder(1024);
  const indices = new Map(model.tensors.map((tensor, i) => [tensor.name, i]));
  const index = (name: string | null) => {
    const at = name === null ? -1 : indices.get(name);
    if (at === undefined) throw new Error(`test: there is no tensor ${name}`);
    return at;
  };
  const buffers = [writeBuffer(b, undefined), ...model.tensors.map((tensor) => writeBuffer(b, bytesOf(tensor)))];
  const tensors = model.tensors.map((tensor, i) => writeTensor(b, tensor, i + 1));
  const operators = model.operators.map((operator, i) => {
    const options = writeOptions(b, operator.options);
    const inputs = int32s(b, operator.inputs.map(index));
    const outputs = int32s(b, operator.outputs.map(index));
    b.startObject(11);
    b.addFieldInt32(0, i, -1);
    b.addFieldOffset(1, inputs, 0);
    b.addFieldOffset(2, outputs, 0);
    b.addFieldInt8(3, options === 0 ? 0 : 1, 0);
    b.addFieldOffset(4, options, 0);
    return b.endObject();
  });
  const codes = model.operators.map(({ kind }) => {
    const [builtin, ...custom] = kind.split(" ");
    const code = OPERATOR_CODES.get(builtin as string) ?? 500;
    const name = builtin === "CUSTOM" ? b.createString(custom.join(" ")) : 0;
    b.startObject(4);
    b.addFieldInt8(0, Math.min(code, 127), 0);
    b.addFieldOffset(1, name, 0);
    b.addFieldInt32(3, code, 0);
    return b.endObject();
  });
  const parts = [
    offsets(b, tensors),
    int32s(b, model.inputs.map(index)),
    int32s(b, model.outputs.map(index)),
    offsets(b, operators),
  ];
  b.startObject(5);
  parts.forEach((part, field) => {
    b.addFieldOffset(field, part, 0);
  });
  const graph = b.endObject();
  const description = b.createString(model.description ?? "written by a test");
  const signature = model.signature && offsets(b, [writeSignature(b, model.signature, index)]);
  const lists = [offsets(b, codes), offsets(b, new Array(model.subgraphs ?? 1).fill(graph)), offsets(b, buffers)];
  b.startObject(8);
  b.addFieldInt32(0, model.version ?? 3, 0);
  b.addFieldOffset(1, lists[0] as number, 0);
  b.addFieldOffset(2, lists[1] as number, 0);
  b.addFieldOffset(3, description, 0);
  b.addFieldOffset(4, lists[2] as number, 0);
  if (signature !== undefined) b.addFieldOffset(7, signature, 0);
  b.finish(b.endObject(), "TFL3");
  return b.asUint8Array().slice();
}

function writeSignature(
  b: Builder,
  { inputs, outputs }: Required<ModelSpec>["signature"],
  index: (name: string) => number,
): number {
  const sides = [inputs, outputs].map((entries) => {
    const maps = entries.map(([name, tensor]) => {
      const text = b.createString(name);
      b.startObject(2);
      b.addFieldOffset(0, text, 0);
      b.addFieldInt32(1, typeof tensor === "number" ? tensor : index(tensor), 0);
      return b.endObject();
    });
    return offsets(b, maps);
  });
  b.startObject(5);
  sides.forEach((side, field) => {
    b.addFieldOffset(field, side, 0);
  });
  return b.endObject();
}

function writeTensor(b: Builder, tensor: TensorSpec, buffer: number): number {
  const name = b.createString(tensor.name);
  const shape = int32s(b, tensor.shape);
  const signature = tensor.signature === undefined ? 0 : int32s(b, tensor.signature);
  const quantization = writeQuantization(b, tensor);
  let sparsity = 0;
  if (tensor.sparse) {
    b.startObject(3);
    sparsity = b.endObject();
  }
  b.startObject(8);
  b.addFieldOffset(0, shape, 0);
  b.addFieldInt8(1, TYPE_CODES.get(tensor.type ?? "INT8") ?? 99, 0);
  b.addFieldInt32(2, buffer, 0);
  b.addFieldOffset(3, name, 0);
  b.addFieldOffset(4, quantization, 0);
  b.addFieldInt8(5, tensor.variable ? 1 : 0, 0);
  b.addFieldOffset(6, sparsity, 0);
  b.addFieldOffset(7, signature, 0);
  return b.endObject();
}

function writeQuantization(b: Builder, tensor: TensorSpec): number {
  const type = tensor.type ?? "INT8";
  const scale = tensor.scale === undefined && (type === "INT8" || type === "UINT8") ? 0.5 : tensor.scale;
  if (scale === undefined || scale === null) return 0;
  const scales = [scale].flat();
  b.startVector(4, scales.length, 4);
  for (const value of scales.toReversed()) b.addFloat32(value);
  const scaleVector = b.endVector();
  const zeroPoints = [tensor.zeroPoint ?? new Array(scales.length).fill(0)].flat();
  b.startVector(8, zeroPoints.length, 8);
  for (const value of zeroPoints.toReversed()) b.addInt64(BigInt(value));
  const zeroPointVector = b.endVector();
  b.startObject(7);
  b.addFieldOffset(2, scaleVector, 0);
  b.addFieldOffset(3, zeroPointVector, 0);
  b.addFieldInt32(6, tensor.axis ?? 0, 0);
  return b.endObject();
}

function writeBuffer(b: Builder, data: Uint8Array | undefined): number {
  const vector = data === undefined ? 0 : b.createByteVector(data);
  b.startObject(1);
  b.addFieldOffset(0, vector, 0);
  return b.endObject();
}

function writeOptions(b: Builder, fields: OperatorSpec["options"]): number {
  if (fields === undefined) return 0;
  const entries = Object.entries(fields).map(([field, value]) => [Number(field), value] as const);
  const vectors = entries.map(([, value]) => ("int32s" in value ? int32s(b, value.int32s) : 0));
  b.startObject(Math.max(0, ...entries.map(([field]) => field + 1)));
  entries.forEach(([field, value], i) => {
    if ("int8" in value) b.addFieldInt8(field, value.int8, -1);
    else if ("int32" in value) b.addFieldInt32(field, value.int32, -77);
    else if ("float32" in value) b.addFieldFloat32(field, value.float32, Number.NaN);
    else b.addFieldOffset(field, vectors[i] as number, 0);
  });
  return b.endObject();
}

function bytesOf({ data, type = "INT8" }: TensorSpec): Uint8Array | undefined {
  if (data === undefined || data instanceof Uint8Array) return data;
  const arrays = {
    INT8: Int8Array,
    UINT8: Uint8Array,
    INT16: Int16Array,
    FLOAT16: Uint16Array,
    INT32: Int32Array,
    FLOAT32: Float32Array,
  } as const;
  if (type === "INT64") return new Uint8Array(BigInt64Array.from(data.map(BigInt)).buffer);
  return new Uint8Array(arrays[type as keyof typeof arrays].from(data).buffer);
}

function int32s(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const value of values.toReversed()) b.addInt32(value);
  return b.endVector();
}

function offsets(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const value of values.toReversed()) b.addOffset(value);
  return b.endVector();
}
