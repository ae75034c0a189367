import { ShapeError } from "../core/errors.js";
import type { Attributes } from "../core/model.js";
import { type AttributeSchema, attributeName, type OpDefinition } from "../core/op.js";

/** Throws unless a node has exactly the attributes its op declares, each within its bounds. */
export function checkAttributes(definition: OpDefinition, attributes: Attributes): void {
  const declared = Object.keys(definition.attributes).map(attributeName);
  for (const [key, schema] of Object.entries(definition.attributes)) {
    const name = attributeName(key);
    if (name !== key && !Object.hasOwn(attributes, name)) continue;
    if (!fits(schema, attributes[name])) {
      throw new ShapeError(`attribute ${name} is ${JSON.stringify(attributes[name])}, it must be ${describe(schema)}`);
    }
  }
  for (const name of Object.keys(attributes)) {
    if (!declared.includes(name)) throw new ShapeError(`there is no attribute "${name}"`);
  }
}

function fits(schema: AttributeSchema, value: unknown): boolean {
  const inside = (x: unknown, bounds: { min: number; max: number }) =>
    typeof x === "number" && x >= bounds.min && x <= bounds.max;
  switch (schema.kind) {
    case "int":
      return Number.isInteger(value) && inside(value, schema);
    case "ints":
      return (
        Array.isArray(value) &&
        (schema.length === undefined || value.length === schema.length) &&
        value.every((x) => Number.isInteger(x) && inside(x, schema))
      );
    case "float":
      return inside(value, schema);
    case "bool":
      return typeof value === "boolean";
    case "enum":
      return schema.values.includes(value as string);
  }
}

function describe(schema: AttributeSchema): string {
  switch (schema.kind) {
    case "ints":
      return `${schema.length ?? "any number of"} integers from ${schema.min} to ${schema.max}`;
    case "int":
      return `an integer from ${schema.min} to ${schema.max}`;
    case "float":
      return `a number from ${schema.min} to ${schema.max}`;
    case "bool":
      return "true or false";
    case "enum":
      return `one of ${schema.values.join(", ")}`;
  }
}
