import type { AttributeSchema } from "../core/op.js";
import { must, oneLine, show } from "./must.js";

/**
 * What a JSON value must be. The header and every op's attributes are described this way, so one function checks all.
 * A field whose name ends in "?" may be absent. A function picks the schema by looking at the value.
 */
export type Schema =
  | AttributeSchema
  | { readonly kind: "text" }
  | { readonly kind: "list"; readonly of: Schema }
  | { readonly kind: "object"; readonly fields?: Fields }
  | ((value: unknown) => Schema);

export type Fields = Readonly<Record<string, Schema>>;

const MAX_TEXT = 4096;
const MAX_LIST = 65536;

/** What breaks a rule, below the value that was looked at. */
interface Problem {
  readonly rule: number;
  readonly path: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/** Refuses (R10 to R14) a value that is not what `schema` says. `path` names the value in messages. */
export function check(value: unknown, schema: Schema, path: string): void {
  const problem = find(value, schema);
  if (problem) must(false, problem.rule, path + problem.path, problem.actual, problem.expected);
}

/** Looks first and finds words only for a problem: a header has thousands of values, and nearly all are right. */
function find(value: unknown, schema: Schema): Problem | undefined {
  if (typeof schema === "function") return find(value, schema(value));
  const { kind } = schema;
  switch (kind) {
    case "text":
      if (typeof value === "string" && value.length <= MAX_TEXT && oneLine(value) === value) return undefined;
      return problem(value, 11, `a line of at most ${MAX_TEXT} characters`);
    case "enum":
    case "bool": {
      const values: readonly unknown[] = kind === "bool" ? [true, false] : schema.values;
      return values.includes(value) ? undefined : problem(value, 12, values);
    }
    case "int":
    case "float": {
      const { min, max } = schema;
      const isKind = kind === "int" ? Number.isInteger(value) : typeof value === "number";
      const fits = isKind && (value as number) >= min && (value as number) <= max;
      return fits ? undefined : problem(value, 13, `${kind} ${min} to ${max}`);
    }
    case "ints":
    case "list":
      return Array.isArray(value) ? findInList(value, schema) : problem(value, 14, "a list");
    case "object":
      if (value === null || typeof value !== "object" || Array.isArray(value)) return problem(value, 10, "an object");
      return schema.fields && findInFields(value as Record<string, unknown>, schema.fields);
  }
}

function problem(value: unknown, rule: number, expected: unknown): Problem {
  return { rule, path: "", actual: show(value), expected };
}

function findInList(list: readonly unknown[], schema: Extract<Schema, { kind: "ints" | "list" }>): Problem | undefined {
  const exact = schema.kind === "ints" && schema.length;
  const { length } = list;
  if (exact ? length !== exact : length > MAX_LIST) {
    return { rule: 14, path: " length", actual: length, expected: exact || `at most ${MAX_LIST}` };
  }
  const of: Schema = schema.kind === "ints" ? { ...schema, kind: "int" } : schema.of;
  for (let i = 0; i < length; i++) {
    const problem = find(list[i], of);
    if (problem) return { ...problem, path: `[${i}]${problem.path}` };
  }
  return undefined;
}

/** The keys of an object are the declared ones in the declared order, so that a header has one serialization. */
function findInFields(object: Readonly<Record<string, unknown>>, fields: Fields): Problem | undefined {
  const keys = Object.keys(object);
  let at = 0;
  for (const { name, isOptional, schema } of entriesOf(fields)) {
    if (isOptional && !Object.hasOwn(object, name)) continue;
    const key = keys[at];
    if (key !== name) return { rule: 10, path: ` key ${at}`, actual: show(key), expected: show(name) };
    const problem = find(object[name], schema);
    if (problem) return { ...problem, path: `.${name}${problem.path}` };
    at++;
  }
  if (at < keys.length) return { rule: 10, path: ` key ${at}`, actual: show(keys[at]), expected: show(undefined) };
  return undefined;
}

interface Entry {
  readonly name: string;
  readonly isOptional: boolean;
  readonly schema: Schema;
}

const entries = new WeakMap<Fields, readonly Entry[]>();

function entriesOf(fields: Fields): readonly Entry[] {
  let list = entries.get(fields);
  if (list === undefined) {
    list = Object.entries(fields).map(([field, schema]) => {
      const isOptional = field.endsWith("?");
      return { name: isOptional ? field.slice(0, -1) : field, isOptional, schema };
    });
    entries.set(fields, list);
  }
  return list;
}
