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

/** Refuses (R10 to R14) a value that is not what `schema` says. `path` names the value in messages. */
export function check(value: unknown, schema: Schema, path: string): void {
  if (typeof schema === "function") {
    check(value, schema(value), path);
    return;
  }
  const { kind } = schema;
  const actual = show(value);
  switch (kind) {
    case "text":
      must(
        typeof value === "string" && value.length <= MAX_TEXT && oneLine(value) === value,
        11,
        path,
        actual,
        `a line of at most ${MAX_TEXT} characters`,
      );
      break;
    case "enum":
    case "bool": {
      const values: readonly unknown[] = kind === "bool" ? [true, false] : schema.values;
      must(values.includes(value), 12, path, actual, values);
      break;
    }
    case "int":
    case "float": {
      const { min, max } = schema;
      const isKind = kind === "int" ? Number.isInteger(value) : typeof value === "number";
      must(
        isKind && (value as number) >= min && (value as number) <= max,
        13,
        path,
        actual,
        `${kind} ${min} to ${max}`,
      );
      break;
    }
    case "ints":
    case "list": {
      const exact = kind === "ints" && schema.length;
      must(Array.isArray(value), 14, path, actual, "a list");
      const { length } = value;
      must(exact ? length === exact : length <= MAX_LIST, 14, `${path} length`, length, exact || `at most ${MAX_LIST}`);
      const of: Schema = kind === "ints" ? { ...schema, kind: "int" } : schema.of;
      value.forEach((element, i) => {
        check(element, of, `${path}[${i}]`);
      });
      break;
    }
    case "object":
      must(actual === "an object", 10, path, actual, "an object");
      if (schema.fields) checkFields(value as Record<string, unknown>, schema.fields, path);
  }
}

/** The keys of an object are the declared ones in the declared order, so that a header has one serialization. */
function checkFields(object: Readonly<Record<string, unknown>>, fields: Fields, path: string): void {
  const keys = Object.keys(object);
  const expected = Object.keys(fields).filter((field) => !field.endsWith("?") || keys.includes(field.slice(0, -1)));
  const names = expected.map((field) => field.replace("?", ""));
  for (let i = 0; i < Math.max(keys.length, names.length); i++) {
    must(keys[i] === names[i], 10, `${path} key ${i}`, show(keys[i]), show(names[i]));
  }
  names.forEach((name, i) => {
    check(object[name], fields[expected[i] as string] as Schema, `${path}.${name}`);
  });
}
