import type { DType } from "../../core/dtype.js";
import { ELEMENT_BYTES } from "../../core/dtype.js";
import { UsageError } from "../../core/errors.js";
import { elementCount, type Shape } from "../../core/shape.js";

/** What a data set has to deliver for one input of a model; a `TensorInfo` is one. */
export interface DatasetInput {
  readonly name: string;
  readonly shape: Shape;
}

/** Element types of a record, by the names NumPy and C programmers use. uint16 is for labels beyond 255. */
const TYPES = { u8: "uint8", i8: "int8", u16: "uint16", i32: "int32", i64: "int64", f32: "float32" } as const;
type FieldType = (typeof TYPES)[keyof typeof TYPES];

/** Whether records can have elements of this type. */
export function isFieldType(type: string): type is FieldType {
  return Object.values(TYPES).some((one) => one === type);
}

/** One field of every record: a label, an input, or bytes to pass over. */
export interface Field {
  readonly role: "label" | "skip" | "input";
  /** Name of the input. */
  readonly input: string;
  readonly type: FieldType;
  readonly count: number;
  readonly byteOffset: number;
}

/** How each record of a raw file is made up. */
export interface RecordFormat {
  readonly fields: readonly Field[];
  readonly byteLength: number;
}

/**
 * Parses "label:u8,image:u8": the fields of a record in order, each a name and a type. `label` is the class, `skip` is
 * passed over, any other name is an input; with one input its name does not matter. `skip:u8x3` is three of them.
 */
export function parseRecordFormat(text: string, inputs: readonly DatasetInput[]): RecordFormat {
  const names = inputs.map(({ name }) => `"${name}"`).join(", ");
  const refuse = (why: string) =>
    new UsageError(`record "${text}": ${why}; write fields as name:type with commas between, label:u8,image:u8`);
  const fields: Field[] = [];
  let byteLength = 0;
  for (const part of text.split(",")) {
    const [, name = "", kind = "", times] = /^(.+):([a-z]\d+)(?:x(\d+))?$/.exec(part) ?? [];
    if (!Object.hasOwn(TYPES, kind)) {
      throw refuse(`"${part}" has no type of ${Object.keys(TYPES).join(", ")} behind a colon`);
    }
    const type = TYPES[kind as keyof typeof TYPES];
    const role = name === "label" || name === "skip" ? name : "input";
    const input =
      role === "input"
        ? (inputs.find((one) => one.name === name) ?? (inputs.length === 1 ? inputs[0] : undefined))
        : undefined;
    if (role === "input" && input === undefined) throw refuse(`there is no input "${name}", there are ${names}`);
    if (role !== "skip" && times !== undefined) throw refuse(`"${part}": a number of elements is for skip alone`);
    const count = input ? elementCount(input.shape) : Number(times ?? 1);
    fields.push({ role, input: input?.name ?? "", type, count, byteOffset: byteLength });
    byteLength += count * bytesOf(type);
  }
  const missing = inputs.find(({ name }) => fields.filter((field) => field.input === name).length !== 1);
  if (missing) throw refuse(`input "${missing.name}" has to be in it once`);
  if (byteLength > 2 ** 31) throw refuse(`a record would have ${byteLength} bytes`);
  return { fields, byteLength };
}

/** Records that are the inputs' real values, one after the other. */
export function plainRecords(inputs: readonly DatasetInput[], type: FieldType = "float32"): RecordFormat {
  const fields: Field[] = [];
  let byteLength = 0;
  for (const { name, shape } of inputs) {
    const count = elementCount(shape);
    fields.push({ role: "input", input: name, type, count, byteOffset: byteLength });
    byteLength += count * bytesOf(type);
  }
  return { fields, byteLength };
}

export function bytesOf(type: FieldType): number {
  return type === "uint16" ? 2 : ELEMENT_BYTES[type as DType];
}

/** Elements of a field of the record at `start`. */
export function readField(bytes: Uint8Array, start: number, { type, count, byteOffset }: Field): ArrayLike<number> {
  const at = start + byteOffset;
  const copy = bytes.slice(at, at + count * bytesOf(type)).buffer;
  switch (type) {
    case "uint8":
      return new Uint8Array(copy);
    case "int8":
      return new Int8Array(copy);
    case "uint16":
      return new Uint16Array(copy);
    case "int32":
      return new Int32Array(copy);
    case "int64":
      return Float64Array.from(new BigInt64Array(copy), Number);
    case "float32":
      return new Float32Array(copy);
  }
}
