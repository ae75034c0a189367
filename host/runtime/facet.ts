import type { AttributeSchemas, AttributesOf, OpDefinition } from "../core/op.js";
import type { Prepare } from "../wasm/kernel.js";

/** What the runtime knows of an op: what it is, and how it becomes kernel calls. */
export interface Facet {
  readonly definition: OpDefinition;
  readonly prepare: Prepare<never>;
}

/** Joins the two with their types still known to fit. */
export function facet<A extends AttributeSchemas>(
  definition: OpDefinition<A>,
  prepare: Prepare<AttributesOf<OpDefinition<A>>>,
): Facet {
  return { definition: definition as unknown as OpDefinition, prepare: prepare as Prepare<never> };
}
