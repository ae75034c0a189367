import type { Call } from "../call.js";
import type { FileNode } from "../file.js";
import type { Target, Value } from "../value.js";

/**
 * An operator as it is going to be computed. Whatever spelling the file has for integers, here it is the float
 * operator, with inputs that are of 8 bits and have scales.
 */
export interface Unit {
  readonly node: FileNode;
  readonly inputs: readonly (Value | undefined)[];
  /** What its results are, where its inputs do not say. */
  readonly target?: Target;
  /** Its results are what the file has in float32: they count as dequantized. */
  readonly isHidden?: true;
  /** Its float32 input is quantized while the model runs. */
  readonly isDynamic?: boolean;
  /** Input 0 and the result have their channels last in the file. */
  readonly isChannelsLast?: boolean;
  /** What writes its nodes, if that is not the operator's own converter. */
  readonly convert?: (call: Call) => void;
  /** Version of the operator set it is defined by, if that is not the file's. */
  readonly opset?: number;
  /** Why it computes in float32 beside quantized values, or what else there is to say about it. */
  readonly note?: string;
}
