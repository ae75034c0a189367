import { ShapeError, UsageError } from "../../core/errors.js";
import { formatShape, type Shape } from "../../core/shape.js";
import { cleanName, quote } from "../common/text.js";
import type { FileDimension, FileInput } from "./file.js";
import type { ImportOnnxOptions } from "./options.js";

/** Turns the dimensions of model inputs into numbers, with what the caller said about those that are symbols. */
export class Dimensions {
  readonly #bound: Map<string, number>;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  /** @throws UsageError for names that the file does not have */
  constructor({ dims = {}, shapes = {} }: ImportOnnxOptions, inputs: readonly FileInput[]) {
    this.#bound = new Map(Object.entries(dims));
    this.#shapes = new Map(Object.entries(shapes));
    const symbols = new Set(inputs.flatMap(({ dimensions }) => dimensions ?? []).filter((d) => typeof d === "string"));
    for (const [name, size] of this.#bound) {
      if (!symbols.has(name)) {
        const known = symbols.size === 0 ? "none" : [...symbols].map((symbol) => quote(cleanName(symbol))).join(", ");
        throw new UsageError(`no input has a dimension named ${quote(cleanName(name))}; there is ${known}`);
      }
      if (!Number.isInteger(size) || size < 1) throw new UsageError(`dimension ${quote(name)} cannot be ${size}`);
    }
    for (const { dimensions } of inputs) {
      const leading = dimensions?.[0];
      if (typeof leading === "string" && !this.#bound.has(leading)) this.#bound.set(leading, 1);
    }
    for (const name of this.#shapes.keys()) {
      if (!inputs.some((input) => input.name === name)) {
        throw new UsageError(`there is no input named ${quote(cleanName(name))} to give a shape to`);
      }
    }
  }

  shapeOf({ name, dimensions }: FileInput): Shape {
    const who = `input ${quote(cleanName(name))}`;
    const wanted = this.#shapes.get(name);
    if (wanted !== undefined) return checked(wanted, dimensions, who);
    if (dimensions === undefined) throw new ShapeError(`${who} has no shape in the file; give one with --shape`);
    return dimensions.map((dimension, axis) => this.#number(dimension, axis, who, dimensions));
  }

  #number(dimension: FileDimension, axis: number, who: string, all: readonly FileDimension[]): number {
    if (typeof dimension === "number") return dimension;
    const bound = dimension === undefined ? undefined : this.#bound.get(dimension);
    if (bound !== undefined) return bound;
    if (axis === 0) return 1;
    const shape = shown(all);
    if (dimension === undefined) {
      throw new ShapeError(
        `${who} is ${shape}; dimension ${axis} has neither size nor name, give a shape with --shape`,
      );
    }
    const name = cleanName(dimension);
    throw new ShapeError(`${who} is ${shape}; give dimension ${quote(name)} a size with --dim ${name}=…`);
  }
}

/** A shape from the caller: every number the file has must stay. */
function checked(wanted: readonly number[], dimensions: readonly FileDimension[] | undefined, who: string): Shape {
  const fits =
    wanted.every((d) => Number.isInteger(d) && d > 0) &&
    (dimensions === undefined ||
      (wanted.length === dimensions.length &&
        dimensions.every((dimension, i) => typeof dimension !== "number" || dimension === wanted[i])));
  if (fits) return [...wanted];
  throw new UsageError(
    `${who} is ${dimensions === undefined ? "a tensor" : shown(dimensions)} and cannot be ${formatShape(wanted)}`,
  );
}

function shown(dimensions: readonly FileDimension[]): string {
  return `[${dimensions
    .slice(0, 8)
    .map((d) => (typeof d === "string" ? cleanName(d) : (d ?? "?")))
    .join(",")}]`;
}
