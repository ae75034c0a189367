import { NO_OPTIONS } from "../call.js";
import type { FileOperator } from "../file.js";
import { checkData, type Value } from "../value.js";
import { ARITHMETIC } from "./arithmetic.js";
import { type Constant, FoldCall } from "./constant.js";
import { MOVES } from "./move.js";

const FOLDS = new Map(Object.entries({ ...MOVES, ...ARITHMETIC }));

/** Whether an operator may be computed while importing; if its inputs are not constants it still needs a converter. */
export function isFoldable(kind: string): boolean {
  return kind === "SHAPE" || kind === "RANK" || FOLDS.has(kind);
}

/**
 * What an operator yields when that is known without running the model: everything made of constants, and shapes,
 * which are fixed here. Converters leave chains like SHAPE, STRIDED_SLICE, PACK, RESHAPE behind. Undefined otherwise.
 */
export function evaluate(
  operator: FileOperator,
  inputs: readonly (Value | undefined)[],
  outputs: readonly Value[],
  spend: (bytes: number) => void,
): Constant[] | undefined {
  const first = inputs[0];
  if (first !== undefined && operator.kind === "SHAPE") return [integerVector(outputs[0]?.type, first.shape)];
  if (first !== undefined && operator.kind === "RANK")
    return [{ ...integerVector("INT32", [first.shape.length]), shape: [] }];
  const fold = FOLDS.get(operator.kind);
  const constants = inputs.filter((value) => value?.data !== undefined) as (Value & Constant)[];
  if (fold === undefined || constants.length === 0 || constants.length < inputs.length) return undefined;
  for (const value of constants) {
    checkData(value);
    spend(value.data.byteLength);
  }
  return fold(new FoldCall(constants, outputs, operator.options ?? NO_OPTIONS, spend));
}

function integerVector(type: string | undefined, values: readonly number[]): Constant {
  const wide = type === "INT64";
  const data = new Uint8Array(values.length * (wide ? 8 : 4));
  const view = new DataView(data.buffer);
  values.forEach((value, i) => {
    if (wide) view.setBigInt64(8 * i, BigInt(value), true);
    else view.setInt32(4 * i, value, true);
  });
  return { type: wide ? "INT64" : "INT32", shape: [values.length], data };
}
