import type { AttributesOf } from "../../core/op.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planTransposeConv } from "../../wasm/transpose-conv.js";
import type { transposeConv } from "./op.js";

export const prepareTransposeConv: Prepare<AttributesOf<typeof transposeConv>> = (call) => {
  const [input, weights, bias] = call.inputs;
  const output = call.outputs[0]!;
  const [, kH, kW, groupIn] = weights!.shape as [number, number, number, number];
  return planTransposeConv({
    op: "transpose_conv",
    input: input!,
    weights: weights!,
    bias,
    output,
    inputShape: input!.shape,
    outputShape: output.shape,
    kernel: [kH, kW],
    weightStride: { channel: kH * kW * groupIn, depth: 1 },
    numerics: call.numerics,
    module: call.module,
    family: call.family,
    ...call.attributes,
  });
};
