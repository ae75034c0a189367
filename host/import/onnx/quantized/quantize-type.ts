import type { NodeAttributes } from "../attributes.js";
import { typeName } from "../constant.js";
import type { Value } from "../value.js";

/** The type QuantizeLinear makes: its zero point's, else its attribute's, else UINT8. */
export function typeOfQuantize(attributes: NodeAttributes, zeroPoint: Value | undefined): string {
  const wanted = attributes.int("output_dtype", 0);
  if (zeroPoint !== undefined) return zeroPoint.type;
  return wanted === 0 ? "UINT8" : typeName(wanted);
}
