/** The protobuf wire format as far as an ONNX file needs it: varints, float32, bytes and nested messages. */

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/** @param {number} value a whole number, also a negative one: ten bytes then, as in every int64 */
function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

const tag = (field, wire) => varint(field * 8 + wire);

export const int = (field, value) => Buffer.concat([tag(field, VARINT), varint(value)]);

export const ints = (field, values) => Buffer.concat(values.map((value) => int(field, value)));

export function float(field, value) {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([tag(field, FIXED32), bytes]);
}

/** @param {Uint8Array} value */
export const bytes = (field, value) => Buffer.concat([tag(field, BYTES), varint(value.length), value]);

export const string = (field, value) => bytes(field, Buffer.from(value));

/** @param {Buffer[]} parts the fields of the nested message */
export const message = (field, parts) => bytes(field, Buffer.concat(parts));
