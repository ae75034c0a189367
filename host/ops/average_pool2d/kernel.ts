import { clampRange } from "../../core/activation.js";
import { requireTflite } from "../../core/numerics.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planPool } from "../../wasm/pool.js";
import { rarePlans } from "../../wasm/rare.js";
import type { averagePool2d } from "./op.js";

export const prepareAveragePool2d: Prepare<AttributesOf<typeof averagePool2d>> = (call) => {
  const input = call.inputs[0]!;
  const output = call.outputs[0]!;
  const { activation, unsigned } = call.attributes;
  if (output.dtype === "float32") {
    return planPool("f32_avgpool", input.shape, output.shape, call.attributes, activationRange(activation));
  }
  if (call.numerics === "onnx") return rarePlans().planOnnxAveragePool(call);
  requireTflite("average_pool2d", call.numerics);
  if (output.dtype === "int16") {
    const range = clampRange(activation, output.quantization, "tflite", false, 16);
    return planPool("qs16_avgpool", input.shape, output.shape, call.attributes, range);
  }
  const range = clampRange(activation, output.quantization, "tflite", unsigned);
  return planPool("qs8_avgpool", input.shape, output.shape, call.attributes, range, unsigned ? 128 : 0);
};
