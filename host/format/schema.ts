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
  const problem = (rule: number, expected: unknown) => ({ rule, path: "", actual: show(value), expected });
  switch (kind) {
    case "text":
      if (typeof value === "string" && value.length <= MAX_TEXT && oneLine(value) === value) return undefined;
      return problem(11, `a line of at most ${MAX_TEXT} characters`);
    case "enum":
    case "bool": {
      const values: readonly unknown[] = kind === "bool" ? [true, false] : schema.values;
      return values.includes(value) ? undefined : problem(12, values);
    }
    case "int":
    case "float": {
      const { min, max } = schema;
      const isKind = kind === "int" ? Number.isInteger(value) : typeof value === "number";
      const fits = isKind && (value as number) >= min && (value as number) <= max;
      return fits ? undefined : problem(13, `${kind} ${min} to ${max}`);
    }
    case "ints":
    case "list":
      return Array.isArray(value) ? findInList(value, schema) : problem(14, "a list");
    case "object":
      if (value === null || typeof value !== "object" || Array.isArray(value)) return problem(10, "an object");
      return schema.fields && findInFields(value as Record<string, unknown>, schema.fields);
  }
}

function findInList(list: readonly unknown[], schema: Extract<Schema, { kind: "ints" | "list" }>): Problem | undefined {
  const exact = schema.kind === "ints" && schema.length;
  const { length } = list;
  if (exact ? length !== exact : length > MAX_LIST) {
    return { rule: 14, path: " length", actual: length, expected: exact || `at most ${MAX_LIST}` };
  }
  const of: Schema = schema.kind === "ints" ? { ...schema, kind: "int" } : schema.of;
  for (const [i, element] of list.entries()) {
    const problem = find(element, of);
    if (problem) return { ...problem, path: `[${i}]${problem.path}` };
  }
  return undefined;
}

/** The keys of an object are the declared ones in the declared order, so that a header has one serialization. */
function findInFields(object: Readonly<Record<string, unknown>>, fields: Fields): Problem | undefined {
  const keys = Object.keys(object);
  let at = 0;
  for (const field of Object.keys(fields)) {
    const isOptional = field.endsWith("?");
    const name = isOptional ? field.slice(0, -1) : field;
    if (isOptional && !Object.hasOwn(object, name)) continue;
    const key = keys[at];
    if (key !== name) return { rule: 10, path: ` key ${at}`, actual: show(key), expected: show(name) };
    at++;
  }
  if (at < keys.length) return { rule: 10, path: ` key ${at}`, actual: show(keys[at]), expected: show(undefined) };
  at = 0;
  for (const [field, schema] of Object.entries(fields)) {
    const name = keys[at] as string;
    if (field !== name && field !== `${name}?`) continue;
    const problem = find(object[name], schema);
    if (problem) return { ...problem, path: `.${name}${problem.path}` };
    at++;
  }
  return undefined;
}
