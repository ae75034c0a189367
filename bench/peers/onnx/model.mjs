/** ONNX messages, as onnx.proto numbers their fields. */
import { bytes, float, int, ints, message, string } from "./protobuf.mjs";

/** TensorProto.DataType */
export const TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 };
/** AttributeProto.AttributeType */
const FLOAT = 1;
const INT = 2;
const INTS = 7;
const IR_VERSION = 8;
const OPSET = 17;
/** Where ONNX Runtime keeps the quantized operators that ONNX has none for. */
export const CONTRIB = "com.microsoft";

/** An initializer. @param {ArrayBufferView} data */
export function tensor(name, dtype, dims, data) {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(5, [ints(1, dims), int(2, TYPES[dtype]), string(8, name), bytes(9, raw)]);
}

/**
 * @param {string} op
 * @param {string[]} inputs  names; "" for one that is left out
 * @param {Record<string, number | number[] | { float: number }>} attributes
 */
export function node(op, inputs, output, attributes = {}, domain = "") {
  const encoded = Object.entries(attributes).map(([name, value]) => message(5, [string(1, name), ...attribute(value)]));
  const parts = [...inputs.map((input) => string(1, input)), string(2, output), string(3, output), string(4, op)];
  return message(1, [...parts, ...encoded, string(7, domain)]);
}

function attribute(value) {
  if (Array.isArray(value)) return [ints(8, value), int(20, INTS)];
  if (typeof value === "object") return [float(2, value.float), int(20, FLOAT)];
  return [int(3, value), int(20, INT)];
}

/** A ValueInfoProto, as input (11) or output (12) of the graph. */
function value(field, { name, dtype, dims }) {
  const shape = message(
    2,
    dims.map((dim) => message(1, [int(1, dim)])),
  );
  return message(field, [string(1, name), message(2, [message(1, [int(1, TYPES[dtype]), shape])])]);
}

/**
 * @param {{ nodes: Buffer[], tensors: Buffer[], inputs: object[], outputs: object[] }} graph
 *   inputs and outputs as { name, dtype, dims }
 */
export function model({ nodes, tensors, inputs, outputs }) {
  const graph = [
    ...nodes,
    string(2, "graph"),
    ...tensors,
    ...inputs.map((input) => value(11, input)),
    ...outputs.map((output) => value(12, output)),
  ];
  const opset = (domain, version) => message(8, [string(1, domain), int(2, version)]);
  return Buffer.concat([int(1, IR_VERSION), message(7, graph), opset("", OPSET), opset(CONTRIB, 1)]);
}
