import type { Shape } from "../../../core/shape.js";
import type { Numbers } from "../constant.js";
import { isByte, RAW, Value } from "../value.js";
import { dequantizedConstant } from "./linear.js";

/**
 * What was computed on integers where the file has float32: those integers, dequantized when somebody asks for it.
 *
 * @param allocate makes room for float32 numbers
 */
export function hidden(value: Value, allocate: (shape: Shape) => Numbers): Value {
  if (!isByte(value.type)) return value;
  const { name, shape } = value;
  if (value.isConstant) return dequantizedConstant(name, value, value.quantization ?? RAW, true, allocate);
  return new Value(name, "FLOAT", shape, undefined, { source: value });
}
