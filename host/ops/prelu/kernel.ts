import { requireTflite } from "../../core/numerics.js";
import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { preluMultipliers } from "../../core/requantize.js";
import { planFloatBinary, planIntegerBinary } from "../../wasm/binary.js";
import type { Prepare } from "../../wasm/kernel.js";
import type { prelu } from "./op.js";

export const preparePrelu: Prepare<AttributesOf<typeof prelu>> = (call) => {
  if (call.outputs[0]!.dtype === "float32") return planFloatBinary("prelu", call);
  requireTflite("prelu", call.numerics);
  const [x, slope, y] = [...call.inputs, ...call.outputs].map((t) => perTensor(t!.quantization, `"${t!.name}"`));
  return planIntegerBinary("prelu", call, {
    zeroPointX: x!.zeroPoint,
    zeroPointY: slope!.zeroPoint,
    zeroPoint: y!.zeroPoint,
    ...preluMultipliers(x!.scale, slope!.scale, y!.scale),
  });
};
