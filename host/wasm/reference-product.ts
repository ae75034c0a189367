import { clampRange } from "../core/activation.js";
import { productFactors } from "../core/requantize.js";
import { elementCount } from "../core/shape.js";
import { GEMM_REFERENCE_ARGS } from "./args.generated.js";
import { type Convolution, inputParams, outputParams, weightsZeroPoint } from "./convolution.js";
import { type NodePlan, step } from "./kernel.js";
import { biasValues, roundUp, weightValues } from "./pack.js";

/** (129): an int8 matrix product with the roundings of TFLite's reference kernel. */
export function planReferenceProduct(product: Convolution): NodePlan {
  const [outC, k] = product.weights.shape as [number, number];
  const kPadded = roundUp(k, 8);
  const { zeroPoint } = outputParams(product);
  const { min, max } = clampRange(product.activation, product.output.quantization, "tflite", false);
  const weights = new Int16Array(outC * kPadded);
  const bias = Int32Array.from({ length: outC }, (_, c) => biasValues(product.bias)?.[c] ?? 0);
  const values = weightValues(product.weights);
  const [inputZero, weightZero] = [inputParams(product).zeroPoint, weightsZeroPoint(product)];
  for (let c = 0; c < outC; c++) {
    for (let i = 0; i < k; i++) {
      const w = values[c * k + i]! - weightZero;
      weights[c * kPadded + i] = w;
      bias[c]! -= Math.imul(inputZero, w);
    }
  }
  const factors = productFactors(
    inputParams(product).scale,
    product.weights.quantization!.scale,
    outputParams(product).scale,
    outC,
  );
  const range = { zeroPoint, clampMin: min, clampMax: max };
  return {
    constants: [weights, bias, factors].map(({ buffer }) => new Uint8Array(buffer)),
    steps: (at) => {
      const addresses = {
        input: at.input(0),
        output: at.output(0),
        weights: at.constant(0),
        bias: at.constant(1),
        factors: at.constant(2),
      };
      const args = { ...addresses, ...range, k, kPadded, outC };
      return [step("qs8_gemm_reference", GEMM_REFERENCE_ARGS, args, elementCount(product.output.shape) / outC)];
    },
  };
}
