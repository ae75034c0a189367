import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Writes .onnx files by the public field numbers, right or wrong as a test wants them. */

export interface TensorSpec {
  readonly name?: string;
  readonly type?: number;
  readonly dims: readonly number[];
  readonly floats?: readonly number[];
  readonly int64s?: readonly number[];
  readonly int32s?: readonly number[];
  readonly raw?: Uint8Array;
  readonly external?: Readonly<Record<string, string>>;
}

export type AttributeSpec = number | { float: number } | readonly number[] | string | TensorSpec | { graph: true };

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
}

export interface ModelSpec {
  readonly nodes: readonly NodeSpec[];
  readonly inputs?: readonly (readonly [name: string, dims: readonly (number | string)[] | undefined, type?: number])[];
  readonly outputs?: readonly string[];
  readonly initializers?: readonly TensorSpec[];
  readonly opset?: number | null;
}

export const FLOAT = 1;
export const INT64 = 7;

type Writing = (writer: BinaryWriter) => void;

function nested(writer: BinaryWriter, field: number, write: Writing): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

const text = (writer: BinaryWriter, field: number, value: string) =>
  writer.tag(field, WireType.LengthDelimited).string(value);
const integer = (writer: BinaryWriter, field: number, value: number) =>
  writer.tag(field, WireType.Varint).int64(BigInt(value));

export function writeTensor(writer: BinaryWriter, spec: TensorSpec): void {
  const { name = "", type = spec.int64s ? INT64 : FLOAT, dims, floats, int64s, int32s, raw, external } = spec;
  for (const dimension of dims) integer(writer, 1, dimension);
  integer(writer, 2, type);
  if (floats) {
    nested(writer, 4, (inner) => {
      for (const value of floats) inner.float(value);
    });
  }
  if (int32s) {
    nested(writer, 5, (inner) => {
      for (const value of int32s) inner.int32(value);
    });
  }
  if (int64s) {
    nested(writer, 7, (inner) => {
      for (const value of int64s) inner.int64(BigInt(value));
    });
  }
  text(writer, 8, name);
  if (raw) writer.tag(9, WireType.LengthDelimited).bytes(raw);
  for (const [key, value] of Object.entries(external ?? {})) {
    nested(writer, 13, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  if (external) integer(writer, 14, 1);
}

function writeAttribute(writer: BinaryWriter, name: string, value: AttributeSpec): void {
  text(writer, 1, name);
  if (typeof value === "number") {
    integer(writer, 3, value);
    integer(writer, 20, 2);
  } else if (typeof value === "string") {
    text(writer, 4, value);
    integer(writer, 20, 3);
  } else if (Array.isArray(value)) {
    for (const item of value) integer(writer, 8, item);
    integer(writer, 20, 7);
  } else if ("float" in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    integer(writer, 20, 1);
  } else if ("graph" in value) {
    nested(writer, 6, (graph) => text(graph, 2, "branch"));
    integer(writer, 20, 5);
  } else {
    nested(writer, 5, (tensor) => writeTensor(tensor, value as TensorSpec));
    integer(writer, 20, 4);
  }
}

function writeNode(writer: BinaryWriter, node: NodeSpec): void {
  for (const name of node.inputs) text(writer, 1, name);
  for (const name of node.outputs) text(writer, 2, name);
  text(writer, 3, node.name ?? "");
  text(writer, 4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    nested(writer, 5, (attribute) => writeAttribute(attribute, name, value));
  }
  text(writer, 7, node.domain ?? "");
}

function writeInput(
  writer: BinaryWriter,
  name: string,
  dims: readonly (number | string)[] | undefined,
  type: number,
): void {
  text(writer, 1, name);
  nested(writer, 2, (types) =>
    nested(types, 1, (tensor) => {
      integer(tensor, 1, type);
      if (dims === undefined) return;
      nested(tensor, 2, (shape) => {
        for (const dimension of dims) {
          nested(shape, 1, (entry) => {
            if (typeof dimension === "number") integer(entry, 1, dimension);
            else if (dimension !== "") text(entry, 2, dimension);
          });
        }
      });
    }),
  );
}

export function writeOnnx({ nodes, inputs, outputs, initializers = [], opset = 17 }: ModelSpec): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, 8);
  nested(writer, 7, (graph) => {
    for (const node of nodes) nested(graph, 1, (inner) => writeNode(inner, node));
    text(graph, 2, "graph");
    for (const tensor of initializers) nested(graph, 5, (inner) => writeTensor(inner, tensor));
    for (const [name, dims, type = FLOAT] of inputs ?? [["x", [1, 4]]]) {
      nested(graph, 11, (inner) => writeInput(inner, name, dims, type));
    }
    for (const name of outputs ?? ["y"]) nested(graph, 12, (inner) => writeInput(inner, name, undefined, FLOAT));
  });
  if (opset !== null) {
    nested(writer, 8, (entry) => {
      text(entry, 1, "");
      integer(entry, 2, opset);
    });
  }
  return writer.finish();
}
