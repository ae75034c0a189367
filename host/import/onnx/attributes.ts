import { UnsupportedOpError } from "../../core/errors.js";
import { cleanName, quote } from "../common/text.js";
import type { Constant } from "./constant.js";
import type { AttributeMessage } from "./schema.js";
import { type ReadExternal, readTensor } from "./tensor-data.js";

/** AttributeProto.AttributeType by number. */
const KINDS = "undefined float int string tensor graph floats ints strings tensors graphs".split(" ");

/** An operator's attributes, read by name with the default that the operator's definition gives. */
export class NodeAttributes {
  readonly #entries: ReadonlyMap<string, AttributeMessage>;
  readonly #external: ReadExternal | undefined;
  readonly #read = new Set<string>();

  constructor(entries: readonly AttributeMessage[], external?: ReadExternal) {
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.#external = external;
  }

  has(name: string): boolean {
    this.#read.add(name);
    return this.#entries.has(name);
  }

  int(name: string, otherwise: number): number {
    const value = this.#get(name, "int")?.i;
    return value ?? (this.has(name) ? 0 : otherwise);
  }

  float(name: string, otherwise: number): number {
    const value = this.#get(name, "float")?.f;
    return value ?? (this.has(name) ? 0 : otherwise);
  }

  text(name: string, otherwise: string): string {
    const entry = this.#get(name, "string");
    return entry === undefined ? otherwise : cleanName(new TextDecoder().decode(entry.s));
  }

  ints(name: string): number[] | undefined {
    const values = this.#get(name, "ints")?.ints;
    if (values !== undefined && values.length > 1024) throw this.#refuse(name, `has ${values.length} entries`);
    return values;
  }

  floats(name: string): number[] | undefined {
    const packed = this.#get(name, "floats")?.floats;
    if (packed === undefined) return undefined;
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    return Array.from({ length: packed.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }

  tensor(name: string): Constant | undefined {
    const tensor = this.#get(name, "tensor")?.t;
    return tensor === undefined ? undefined : readTensor(tensor, this.#external);
  }

  /** Whether the operator carries graphs of its own: loops and branches. */
  get hasSubgraph(): boolean {
    return [...this.#entries.values()].some(({ g, graphs }) => g !== undefined || graphs !== undefined);
  }

  /** Attributes that nobody asked for: what they mean was not looked at. */
  get unread(): string[] {
    return [...this.#entries.keys()].filter((name) => !this.#read.has(name));
  }

  #get(name: string, kind: string): AttributeMessage | undefined {
    this.#read.add(name);
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    if (entry.refAttrName !== "") throw this.#refuse(name, "belongs to a function's caller");
    // Files of IR version 1 and 2 may leave the type out.
    const found = entry.type === undefined ? kind : KINDS[entry.type];
    if (found !== kind) throw this.#refuse(name, `is of kind ${found ?? entry.type}, it must be ${kind}`);
    return entry;
  }

  #refuse(name: string, why: string): UnsupportedOpError {
    return new UnsupportedOpError("attribute", `its attribute ${quote(cleanName(name))} ${why}`);
  }
}
