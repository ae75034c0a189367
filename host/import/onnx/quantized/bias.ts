import { roundHalfEven } from "../../../core/rounding.js";
import type { FileNode } from "../file.js";
import { type Quantization, Value } from "../value.js";

/** How far a bias's own scale may be from that of the sums it is added to: a few roundings of float32. */
const TOLERANCE = 1e-5;

/** The bias of a convolution or product of integers, as 32-bit numbers in units of its sums; or why there is none. */
export function quantizedBias(
  { kind }: FileNode,
  inputs: readonly (Value | undefined)[],
  mayQuantize: boolean,
): { readonly value?: Value; readonly note?: string } | string {
  const bias = inputs[2];
  if (bias === undefined) return {};
  const units = unitsOf(inputs[0]?.source?.quantization, inputs[1]?.source?.quantization);
  const { source } = bias;
  if (source !== undefined) {
    if (source.type !== "INT32" || source.quantization === undefined)
      return `its bias ${bias.label} is ${source.type}, not INT32`;
    if (!source.isConstant) return `its bias ${bias.label} is computed at run time`;
    const { scale, zeroPoint } = source.quantization;
    const fits = units.every((unit, c) => Math.abs((scale[scale.length === 1 ? 0 : c] ?? 0) / unit - 1) <= TOLERANCE);
    if (zeroPoint.some((point) => point !== 0) || !fits || (scale.length > 1 && scale.length !== units.length)) {
      return `the scale of its bias ${bias.label} is not its input's times its weights'`;
    }
    return { value: source };
  }
  if (!mayQuantize || !bias.isConstant || bias.rank !== 1) return `its bias ${bias.label} is not quantized`;
  const { data, shape } = bias.constant!;
  if (units.length > 1 && units.length !== data.length) return `its bias ${bias.label} does not fit its weights`;
  const steps = Int32Array.from(data, (x, c) => {
    const unit = units[units.length === 1 ? 0 : c] as number;
    return Math.min(Math.max(roundHalfEven(Math.fround(x / unit)), -(2 ** 31)), 2 ** 31 - 1);
  });
  const value = new Value(bias.name, "INT32", shape, { type: "INT32", shape, data: steps });
  return { value, note: `${kind === "Gemm" ? "its" : "the"} bias was float32 and is rounded to the scale of its sums` };
}

/** Steps of the sums: the input's scale times the weights', one or one per channel. */
function unitsOf(input: Quantization | undefined, weights: Quantization | undefined): number[] {
  return (weights?.scale ?? [1]).map((scale) => Math.fround((input?.scale[0] ?? 1) * scale));
}
