import { QbinFormatError } from "../../core/errors.js";
import { Lexer, type Token } from "./text-lexer.js";

/**
 * Messages in protobuf's text format (`.prototxt`) by a schema of the fields somebody needs. A key of a schema is the
 * field's name in camel case: `kernelSize` for `kernel_size`. Fields the schema does not name are skipped, whatever they
 * hold, and their names are kept in `unknown`: whoever reads the message decides whether one could matter.
 */
export interface TextField<T> {
  readonly initial: () => T;
  /** The field's value after one more occurrence of it. */
  read(reader: TextReader, before: T): T;
}

export type TextSchema = Readonly<Record<string, TextField<unknown>>>;
export type TextMessage<S extends TextSchema> = {
  readonly [K in keyof S]: S[K] extends TextField<infer T> ? T : never;
} & { readonly unknown: readonly string[] };

/** Real networks nest six deep; recursion ends before the stack does. */
const MAX_DEPTH = 32;
/** Values one file may consist of. */
const MAX_VALUES = 2 ** 20;

/** Parses a whole file. Throws a QbinFormatError with code "prototxt-malformed" that names the line. */
export function parseText<S extends TextSchema>(schema: S, text: string): TextMessage<S> {
  const reader = new TextReader(text);
  return reader.message(schema, emptyMessage(schema), undefined);
}

/** A message in which nothing is set. */
export function emptyMessage<S extends TextSchema>(schema: S): TextMessage<S> {
  const fields = Object.entries(schema).map(([name, field]) => [name, field.initial()]);
  return { ...Object.fromEntries(fields), unknown: [] };
}

/** Reads tokens as values; knows how deep it is. */
export class TextReader {
  readonly #lexer: Lexer;
  #depth = 0;
  #values = 0;

  constructor(text: string) {
    this.#lexer = new Lexer(text);
  }

  get next(): Token {
    return this.#lexer.peek;
  }

  take(): Token {
    return this.#lexer.take();
  }

  /** A refusal that says where, and what stands there. */
  wrong(rule: string): QbinFormatError {
    const { line, shown } = this.next;
    return new QbinFormatError("prototxt-malformed", `line ${line}: ${rule}, there is ${shown}`);
  }

  /** The fields up to `close`, or up to the end of the file, on top of those there are. */
  message<S extends TextSchema>(schema: S, before: TextMessage<S>, close: string | undefined): TextMessage<S> {
    const names = namesOf(schema);
    const result: Record<string, unknown> = { ...before };
    const unknown = [...before.unknown];
    while (this.next.kind !== "end" && !this.#isMark(close)) {
      if (this.next.kind !== "word") throw this.wrong("a field's name is expected");
      const name = this.take().text;
      const key = names.get(name);
      if (key === undefined && unknown.length < 100) unknown.push(name);
      const field = key === undefined ? skipped() : (schema[key] as TextField<unknown>);
      const value = this.#occurrences(name, field, key === undefined ? undefined : result[key]);
      if (key !== undefined) result[key] = value;
      if (this.#isMark(",") || this.#isMark(";")) this.take();
    }
    if (close !== undefined && this.next.kind === "end") throw this.wrong(`a "${close}" is missing`);
    if (close !== undefined) this.take();
    return { ...result, unknown } as unknown as TextMessage<S>;
  }

  /** What follows a field's name: a value, a message, or a list of them in brackets. */
  #occurrences(name: string, field: TextField<unknown>, before: unknown): unknown {
    const hasColon = this.#isMark(":");
    if (hasColon) this.take();
    else if (!this.#isMark("{") && !this.#isMark("<")) throw this.wrong(`"${name}" needs a ":" or a "{"`);
    if (!this.#isMark("[")) return this.#one(field, before);
    this.take();
    let value = before;
    while (!this.#isMark("]")) {
      value = this.#one(field, value);
      if (this.#isMark(",")) this.take();
      else if (!this.#isMark("]")) throw this.wrong(`a "," or "]" is missing`);
    }
    this.take();
    return value;
  }

  #one(field: TextField<unknown>, before: unknown): unknown {
    if (++this.#values > MAX_VALUES) throw this.wrong(`it has more than ${MAX_VALUES} values`);
    if (++this.#depth > MAX_DEPTH) throw this.wrong(`messages nest more than ${MAX_DEPTH} deep`);
    const value = field.read(this, before);
    this.#depth--;
    return value;
  }

  #isMark(mark: string | undefined): boolean {
    return mark !== undefined && this.next.kind === "mark" && this.next.text === mark;
  }

  /** The mark that ends the message that begins here. */
  open(): string {
    if (this.#isMark("{") || this.#isMark("<")) return this.take().text === "{" ? "}" : ">";
    throw this.wrong("a message in braces is expected");
  }
}

const names = new WeakMap<TextSchema, Map<string, string>>();

/** Keys by the names that files have. */
function namesOf(schema: TextSchema): Map<string, string> {
  let known = names.get(schema);
  if (known === undefined) {
    const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    known = new Map(Object.keys(schema).map((key) => [snake(key), key]));
    names.set(schema, known);
  }
  return known;
}

function scalar<T>(read: (reader: TextReader) => T): TextField<T | undefined> {
  return { initial: () => undefined, read };
}

function readNumber(reader: TextReader): number {
  if (reader.next.kind !== "number") throw reader.wrong("a number is expected");
  return reader.take().value;
}

function readInteger(reader: TextReader): number {
  if (reader.next.kind !== "number" || !Number.isSafeInteger(reader.next.value)) {
    throw reader.wrong("a whole number is expected");
  }
  return reader.take().value;
}

function readString(reader: TextReader): string {
  if (reader.next.kind !== "string") throw reader.wrong("a string in quotes is expected");
  let text = "";
  // Neighbouring strings are one.
  while (reader.next.kind === "string") text += reader.take().text;
  return text;
}

/** float: as the nearest single-precision number. */
export const float = () => scalar((reader) => Math.fround(readNumber(reader)));
/** int32, int64, uint32. */
export const integer = () => scalar(readInteger);
export const string = () => scalar(readString);

/** bool: true or false, t or f, 1 or 0. */
export const flag = () =>
  scalar((reader) => {
    const text = reader.next.kind === "word" || reader.next.kind === "number" ? reader.next.text : "";
    if (!/^(true|false|True|False|t|f|1|0)$/.test(text)) throw reader.wrong("true or false is expected");
    reader.take();
    return /^[tT1]/.test(text);
  });

/** An enum by the names of its values, in the order of their numbers. */
export const choice = <const N extends string>(...values: readonly N[]) =>
  scalar((reader): N => {
    const { kind, text, value } = reader.next;
    const chosen = kind === "number" ? values[value] : values.find((name) => kind === "word" && name === text);
    if (chosen === undefined) throw reader.wrong(`one of ${values.join(", ")} is expected`);
    reader.take();
    return chosen;
  });

/** A word or a string: the type of a layer is an enum in old files, and text in newer ones. */
export const wordOrString = () =>
  scalar((reader) => (reader.next.kind === "word" ? reader.take().text : readString(reader)));

function repeated<T>(read: (reader: TextReader) => T): TextField<readonly T[]> {
  const lists = new WeakSet<readonly T[]>();
  return {
    initial: () => [],
    read(reader, before) {
      // The first occurrence makes a list of its own: what `initial` gave may be shared.
      const list = lists.has(before) ? (before as T[]) : [...before];
      lists.add(list);
      list.push(read(reader));
      return list;
    },
  };
}

export const floats = () => repeated((reader) => Math.fround(readNumber(reader)));
export const integers = () => repeated(readInteger);
export const strings = () => repeated(readString);

/** Fields of several occurrences add up. */
export function message<S extends TextSchema>(schema: S): TextField<TextMessage<S>> {
  const empty = emptyMessage(schema);
  return { initial: () => empty, read: (reader, before) => reader.message(schema, before, reader.open()) };
}

export function messages<S extends TextSchema>(schema: S): TextField<readonly TextMessage<S>[]> {
  const empty = emptyMessage(schema);
  return repeated((reader) => reader.message(schema, empty, reader.open()));
}

/** Anything, which is not looked at. */
export function skipped(): TextField<undefined> {
  return {
    initial: () => undefined,
    read(reader) {
      if (reader.next.kind === "mark") reader.message({}, { unknown: [] }, reader.open());
      else if (reader.next.kind === "string") readString(reader);
      else if (reader.next.kind === "end") throw reader.wrong("a value is missing");
      else reader.take();
      return undefined;
    },
  };
}
