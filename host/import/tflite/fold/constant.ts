import { UnsupportedOpError } from "../../../core/errors.js";
import type { Shape } from "../../../core/shape.js";
import { fromFloat16 } from "../../../core/stored.js";
import type { Options } from "../call.js";
import { integers, TYPE_BYTES, type Value } from "../value.js";

/** A value that is known while importing, in a type of the file. */
export interface Constant {
  readonly type: string;
  readonly shape: Shape;
  readonly data: Uint8Array;
}

/** Computes an operator on constants, or returns undefined to leave it to a node. */
export type Fold = (call: FoldCall) => Constant[] | undefined;

/** An operator whose inputs are all constants. */
export class FoldCall {
  readonly inputs: readonly (Value & Constant)[];
  readonly outputs: readonly Value[];
  readonly options: Options;
  /** Accounts for bytes about to be made; throws when a file makes too many. */
  readonly spend: (bytes: number) => void;

  constructor(
    inputs: readonly (Value & Constant)[],
    outputs: readonly Value[],
    options: Options,
    spend: (bytes: number) => void,
  ) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.options = options;
    this.spend = spend;
  }

  input(i: number): Value & Constant {
    const value = this.inputs[i];
    if (value === undefined) throw new UnsupportedOpError("operand", `input ${i} is missing`);
    return value;
  }

  shape(i: number): Shape {
    return this.input(i).shape;
  }

  integers(i: number, role: string): number[] {
    return integers(this.input(i), role);
  }

  /** Zeroed bytes for `count` elements of `type`. */
  allocate(type: string, count: number): Uint8Array {
    const bytes = count * elementBytes(type);
    this.spend(bytes);
    return new Uint8Array(bytes);
  }
}

export function elementBytes(type: string): number {
  const bytes = TYPE_BYTES[type];
  if (bytes === undefined) throw new UnsupportedOpError("tensor-type", `constants of type ${type} are not supported`);
  return bytes;
}

/** Reads element `i` of a constant as a number. Integers beyond ±2^53 lose digits. */
export function numberReader({ type, data }: Constant): (i: number) => number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (type) {
    case "INT8":
      return (i) => view.getInt8(i);
    case "UINT8":
    case "BOOL":
      return (i) => view.getUint8(i);
    case "INT32":
      return (i) => view.getInt32(4 * i, true);
    case "INT64":
      return (i) => Number(view.getBigInt64(8 * i, true));
    case "FLOAT32":
      return (i) => view.getFloat32(4 * i, true);
    case "FLOAT16":
      return (i) => fromFloat16(view.getUint16(2 * i, true));
    default:
      throw new UnsupportedOpError("tensor-type", `constants of type ${type} are not supported`);
  }
}

/** Stores a number as element `i`; integers wrap, as two's complement arithmetic does. */
export function numberWriter({ type, data }: Pick<Constant, "type" | "data">): (i: number, value: number) => void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (type) {
    case "INT8":
      return (i, value) => view.setInt8(i, value);
    case "UINT8":
      return (i, value) => view.setUint8(i, value);
    case "INT32":
      return (i, value) => view.setInt32(4 * i, value, true);
    case "INT64":
      return (i, value) => view.setBigInt64(8 * i, BigInt(Math.trunc(value)), true);
    case "FLOAT32":
      return (i, value) => view.setFloat32(4 * i, value, true);
    default:
      throw new UnsupportedOpError("tensor-type", `constants of type ${type} cannot be computed`);
  }
}
