import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { tanhf } from "../../core/exp.js";
import { tanhFixedTable } from "../../core/fixed-tables.js";
import type { AttributesOf } from "../../core/op.js";
import { tanhTable } from "../../core/tables.js";
import type { tanh } from "./op.js";

/** (21) in "xnnpack", (22) in "tflite", (125) in TFLite Micro, (62) in "onnx"; float32: (41). */
export const referenceTanh: Reference<AttributesOf<typeof tanh>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  if (isFloat(output)) return mapFloat(call, tanhf);
  const [from, to] = [affineOf(input), affineOf(output)];
  const { unsigned, kernels } = call.attributes;
  return lookUp(call, kernels ? tanhFixedTable(from, to) : tanhTable(from, to, call.numerics, unsigned));
};
