import { requireTflite } from "../../core/numerics.js";
import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { requantizeMultiplier, requantizeMultiplier8 } from "../../core/requantize.js";
import { type ByteType, concatenationRescaleTable, requantizeTable } from "../../core/tables.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planLookup } from "../../wasm/lookup.js";
import { rarePlans } from "../../wasm/rare.js";
import type { requantize } from "./op.js";

export const prepareRequantize: Prepare<AttributesOf<typeof requantize>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const from = perTensor(input.quantization, `"${input.name}"`);
  const to = perTensor(output.quantization, `"${output.name}"`);
  if (input.dtype === "int16" || output.dtype === "int16") {
    return rarePlans().planWideConversion(call, requantizeMultiplier(from.scale, to.scale));
  }
  if (call.attributes.arithmetic === "concatenation") {
    requireTflite("requantize", call.numerics);
    return planLookup(call, concatenationRescaleTable(from, to));
  }
  const table = requantizeTable(input.dtype as ByteType, from, output.dtype as ByteType, to, call.numerics);
  if (call.numerics !== "xnnpack" || input.dtype === "uint8" || output.dtype === "uint8")
    return planLookup(call, table);
  const factor = requantizeMultiplier8(from.scale, to.scale);
  return planLookup(call, table, {
    positive: factor,
    negative: factor,
    inputZeroPoint: from.zeroPoint,
    outputZeroPoint: to.zeroPoint,
  });
};
