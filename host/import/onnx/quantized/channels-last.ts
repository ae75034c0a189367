import { UnsupportedOpError } from "../../../core/errors.js";
import { transposed } from "../../common/layout.js";
import { Value } from "../value.js";

/**
 * ONNX Runtime's own operators may compute on [N,H,W,C], where ONNX has [N,C,H,W]. They are converted as ONNX's, on values
 * whose axes are renamed before and back after; no data moves for that.
 */
export function channelsFirst(value: Value): Value {
  const { rank } = value;
  return renamed(value, [0, rank - 1, ...Array.from({ length: Math.max(0, rank - 2) }, (_, i) => i + 1)]);
}

/** The other way round. */
export function channelsLast(value: Value): Value {
  const { rank } = value;
  return renamed(value, [0, ...Array.from({ length: Math.max(0, rank - 2) }, (_, i) => i + 2), 1]);
}

function renamed(value: Value, permutation: readonly number[]): Value {
  const { name, type, rank, label, quantization } = value;
  if (rank < 3) throw new UnsupportedOpError("layout", `${label} is channels-last and has rank ${rank}`);
  if (value.isConstant) throw new UnsupportedOpError("layout", `${label} is channels-last and a constant`);
  const shape = permutation.map((axis) => value.shape[axis] as number);
  const forms = value.forms.map(({ layout, tensor }) => ({ layout: transposed(layout, permutation), tensor }));
  return new Value(name, type, shape, undefined, { quantization, forms });
}
