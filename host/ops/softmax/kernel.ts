import { requireTflite } from "../../core/numerics.js";
import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { elementCount } from "../../core/shape.js";
import { softmaxTable } from "../../core/tables.js";
import { SOFTMAX_F32_ARGS, SOFTMAX_S8_ARGS } from "../../wasm/args.generated.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import { rarePlans } from "../../wasm/rare.js";
import { powers } from "../../wasm/unary.js";
import type { softmax } from "./op.js";

export const prepareSoftmax: Prepare<AttributesOf<typeof softmax>> = (call) => {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const { beta, unsigned, kernels } = call.attributes;
  const length = input.shape.at(-1) ?? 1;
  const rows = elementCount(input.shape) / length;
  const inPlace = [0];
  if (output.dtype === "float32") {
    return {
      constants: [powers],
      inPlace,
      steps: (at) => {
        const values = { input: at.input(0), output: at.output(0), length, beta, powers: at.constant(0), isLog: 0 };
        return [step("f32_softmax", SOFTMAX_F32_ARGS, values, rows)];
      },
    };
  }
  if (call.numerics === "onnx") return rarePlans().planOnnxSoftmax(call);
  requireTflite("softmax", call.numerics);
  if (kernels) return rarePlans().planFixedSoftmax(call, rows);
  const { scale: outputScale, zeroPoint } = perTensor(output.quantization, `"${output.name}"`);
  const table = softmaxTable(perTensor(input.quantization, `"${input.name}"`).scale, beta);
  const rounding = unsigned
    ? { addend: 0.5, threshold: 2, outputZeroPoint: -128 }
    : { addend: 0, threshold: 0.5, outputZeroPoint: zeroPoint };
  return {
    constants: [new Uint8Array(table.buffer)],
    inPlace,
    steps: (at) => {
      const addresses = { input: at.input(0), output: at.output(0), table: at.constant(0) };
      return [step("qs8_softmax", SOFTMAX_S8_ARGS, { ...addresses, ...rounding, length, outputScale }, rows)];
    },
  };
};
