import type { QuantizedMultiplier } from "../core/rounding.js";
import { VBINARY_F32_ARGS, VBINARY_S8_ARGS } from "./args.generated.js";
import { planBroadcast } from "./broadcast.js";
import { type NodePlan, type PrepareCall, step } from "./kernel.js";
import { mathTable } from "./unary.js";

/** What f32_vbinary and qs8_vbinary compute, by position. */
const FLOAT = ["maximum", "minimum", "squared_difference", "div", "prelu", "pow"] as const;
const INTEGER = ["maximum", "minimum", "prelu"] as const;

const UNBOUNDED = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

/** A float32 node of two inputs that broadcast; `range` clamps a quotient. */
export function planFloatBinary(
  name: (typeof FLOAT)[number],
  call: PrepareCall<unknown>,
  range: { readonly min: number; readonly max: number } = UNBOUNDED,
): NodePlan {
  const { swapped, shape, tiles, inPlace, operands } = planBroadcast(call);
  const values = { ...range, function: FLOAT.indexOf(name), swapped: swapped ? 1 : 0 };
  const needsTable = name === "pow";
  return {
    constants: needsTable ? [shape, mathTable] : [shape],
    inPlace,
    steps: (at) => {
      const table = needsTable ? at.constant(1) : 0;
      return [step("f32_vbinary", VBINARY_F32_ARGS, { ...operands(at), ...values, table }, tiles)];
    },
  };
}

/** Constants of an int8 prelu. */
export interface PreluFactors {
  readonly zeroPointX: number;
  readonly zeroPointY: number;
  readonly zeroPoint: number;
  readonly positive: QuantizedMultiplier;
  readonly negative: QuantizedMultiplier;
}

const NONE: QuantizedMultiplier = { multiplier: 0, shift: 0 };
const NO_FACTORS: PreluFactors = { zeroPointX: 0, zeroPointY: 0, zeroPoint: 0, positive: NONE, negative: NONE };

/** An int8 node of two inputs that broadcast. */
export function planIntegerBinary(
  name: (typeof INTEGER)[number],
  call: PrepareCall<unknown>,
  { positive, negative, ...zeroPoints }: PreluFactors = NO_FACTORS,
): NodePlan {
  const { swapped, shape, tiles, inPlace, operands } = planBroadcast(call);
  const values = {
    ...zeroPoints,
    function: INTEGER.indexOf(name),
    swapped: swapped ? 1 : 0,
    positiveMultiplier: positive.multiplier,
    positiveShift: positive.shift,
    negativeMultiplier: negative.multiplier,
    negativeShift: negative.shift,
  };
  return {
    constants: [shape],
    inPlace,
    steps: (at) => [step("qs8_vbinary", VBINARY_S8_ARGS, { ...operands(at), ...values }, tiles)],
  };
}

/** maximum and minimum: of float32, or of stored int8 values. */
export function planExtremum(name: "maximum" | "minimum", call: PrepareCall<unknown>): NodePlan {
  return call.outputs[0]!.dtype === "float32" ? planFloatBinary(name, call) : planIntegerBinary(name, call);
}
