import { clampRange } from "../../core/activation.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planPool } from "../../wasm/pool.js";
import type { maxPool2d } from "./op.js";

export const prepareMaxPool2d: Prepare<AttributesOf<typeof maxPool2d>> = (call) => {
  const input = call.inputs[0]!;
  const output = call.outputs[0]!;
  const { activation, unsigned } = call.attributes;
  if (output.dtype === "float32") {
    return planPool("f32_maxpool", input.shape, output.shape, call.attributes, activationRange(activation));
  }
  if (output.dtype === "int16") {
    const range = clampRange(activation, output.quantization, "tflite", false, 16);
    return planPool("qs16_maxpool", input.shape, output.shape, call.attributes, range);
  }
  const range = clampRange(activation, output.quantization, call.numerics, unsigned);
  return planPool("qs8_maxpool", input.shape, output.shape, call.attributes, range);
};
