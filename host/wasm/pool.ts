import type { ClampRange } from "../core/activation.js";
import type { Shape } from "../core/shape.js";
import { POOL_ARGS } from "./args.generated.js";
import { type NodePlan, step } from "./kernel.js";

/** Attributes both pools have. */
export interface PoolWindow {
  readonly filter: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
}

/** One step; `range` is in units of the output, `shift` is 128 for sums over values + 128. */
export function planPool(
  kernel: string,
  input: Shape,
  output: Shape,
  window: PoolWindow,
  range: ClampRange,
  shift = 0,
): NodePlan {
  const [batches, outputHeight, outputWidth, channels] = output as [number, number, number, number];
  const values = {
    inputHeight: input[1]!,
    inputWidth: input[2]!,
    channels,
    outputHeight,
    outputWidth,
    filterHeight: window.filter[0]!,
    filterWidth: window.filter[1]!,
    strideHeight: window.stride[0]!,
    strideWidth: window.stride[1]!,
    padTop: window.padding[0]!,
    padLeft: window.padding[1]!,
    clampMin: range.min,
    clampMax: range.max,
    shift,
  };
  return {
    steps: (at) => [
      step(kernel, POOL_ARGS, { ...values, input: at.input(0), output: at.output(0) }, batches * outputHeight),
    ],
  };
}
