import type { AttributeSchema } from "../core/op.js";
import { quote, refuse } from "./refuse.js";

/**
 * What a JSON value must be. The header and every op's attributes are described this way, so one function checks all.
 * A field whose name ends in "?" may be absent. A function picks the schema by looking at the value.
 */
export type Schema =
  | AttributeSchema
  | { readonly kind: "text" | "null" }
  | { readonly kind: "list"; readonly of: Schema }
  | { readonly kind: "object"; readonly fields?: Fields }
  | ((value: unknown) => Schema);

export type Fields = Readonly<Record<string, Schema>>;

export const MAX_TEXT = 4096;
export const MAX_LIST = 65536;

const TYPES = {
  int: "number",
  float: "number",
  bool: "boolean",
  enum: "string",
  text: "string",
  ints: "list",
  list: "list",
  object: "object",
  null: "null",
};

/** Refuses (R10 to R15) a value that is not what `schema` says. `path` names the value in messages. */
export function check(value: unknown, schema: Schema, path: string): void {
  if (typeof schema === "function") {
    check(value, schema(value), path);
    return;
  }
  const type = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
  if (type !== TYPES[schema.kind]) refuse(11, `${path} is of type ${type}; must be ${TYPES[schema.kind]}`);
  switch (schema.kind) {
    case "text":
      if ((value as string).length > MAX_TEXT || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(value as string)) {
        refuse(12, `${path} is ${quote(value as string)}; must be one line of at most ${MAX_TEXT} characters`);
      }
      return;
    case "enum":
      if (!schema.values.includes(value as string)) {
        refuse(14, `${path} is ${quote(value as string)}; must be one of ${schema.values.join(", ")}`);
      }
      return;
    case "int":
    case "float": {
      const { kind, min, max } = schema;
      const inRange = (value as number) >= min && (value as number) <= max;
      if (!inRange || (kind === "int" && !Number.isInteger(value))) {
        refuse(13, `${path} is ${value}; must be ${kind} from ${min} to ${max}`);
      }
      return;
    }
    case "ints":
    case "list": {
      const list = value as unknown[];
      const of: Schema = schema.kind === "ints" ? { ...schema, kind: "int" } : schema.of;
      const length = schema.kind === "ints" ? schema.length : undefined;
      if (length === undefined ? list.length > MAX_LIST : list.length !== length) {
        refuse(15, `${path} has ${list.length} elements; must have ${length ?? `at most ${MAX_LIST}`}`);
      }
      list.forEach((element, i) => {
        check(element, of, `${path}[${i}]`);
      });
      return;
    }
    case "object":
      if (schema.fields) checkFields(value as Record<string, unknown>, schema.fields, path);
  }
}

/** The keys of an object are the declared ones in the declared order, so that a header has one serialization. */
function checkFields(object: Readonly<Record<string, unknown>>, fields: Fields, path: string): void {
  const keys = Object.keys(object);
  const declared = Object.keys(fields).map((field) => field.replace("?", ""));
  const unknown = keys.find((key) => !declared.includes(key));
  if (unknown !== undefined) refuse(10, `${path} has the unknown key ${quote(unknown)}; known are: ${declared}`);
  const expected = declared.filter((key) => key in fields || keys.includes(key));
  if (`${keys}` !== `${expected}`) refuse(10, `${path} has the keys ${keys}; must have ${expected} in this order`);
  for (const key of keys) check(object[key], (fields[key] ?? fields[`${key}?`]) as Schema, `${path}.${key}`);
}
