import {
  bytes,
  fixed,
  float,
  integer,
  integers,
  type MessageOf,
  message,
  messages,
  text,
  texts,
} from "../protobuf/message.js";

/**
 * The fields of onnx.proto that an importer needs, by their numbers. Subgraphs stay bytes: nothing that has one is
 * taken, and so nothing here nests without end.
 */

const STRING_ENTRY = { key: text(1), value: text(2) };

const TENSOR = {
  dims: integers(1),
  dataType: integer(2),
  segment: bytes(3),
  floatData: fixed(4, 4),
  int32Data: integers(5),
  int64Data: integers(7),
  name: text(8),
  rawData: bytes(9),
  doubleData: fixed(10, 8),
  uint64Data: integers(11),
  externalData: messages(13, STRING_ENTRY),
  dataLocation: integer(14),
};

const ATTRIBUTE = {
  name: text(1),
  f: float(2),
  i: integer(3),
  s: bytes(4),
  t: message(5, TENSOR),
  g: bytes(6),
  floats: fixed(7, 4),
  ints: integers(8),
  strings: texts(9),
  graphs: bytes(11),
  type: integer(20),
  refAttrName: text(21),
  sparseTensor: bytes(22),
};

const NODE = {
  inputs: texts(1),
  outputs: texts(2),
  name: text(3),
  opType: text(4),
  attributes: messages(5, ATTRIBUTE),
  domain: text(7),
};

const DIMENSION = { value: integer(1), parameter: text(2) };
const TENSOR_TYPE = { elementType: integer(1), shape: message(2, { dimensions: messages(1, DIMENSION) }) };
const TYPE = { tensor: message(1, TENSOR_TYPE) };
const VALUE_INFO = { name: text(1), type: message(2, TYPE) };

const GRAPH = {
  nodes: messages(1, NODE),
  name: text(2),
  initializers: messages(5, TENSOR),
  docString: text(10),
  inputs: messages(11, VALUE_INFO),
  outputs: messages(12, VALUE_INFO),
  sparseInitializers: bytes(15),
};

export const MODEL = {
  irVersion: integer(1),
  producerName: text(2),
  graph: message(7, GRAPH),
  opsets: messages(8, { domain: text(1), version: integer(2) }),
};

export type TensorMessage = MessageOf<typeof TENSOR>;
export type AttributeMessage = MessageOf<typeof ATTRIBUTE>;
export type NodeMessage = MessageOf<typeof NODE>;
export type ValueInfoMessage = MessageOf<typeof VALUE_INFO>;
