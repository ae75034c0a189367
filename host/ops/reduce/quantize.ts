import type { QuantizeFacet } from "../../core/quantize-rule.js";

/** The largest and the smallest are values that were there before; a sum is a new one. */
export const quantizeReduce: QuantizeFacet = ({ function: name }) => {
  if (name === "prod") return { runs: "float32", why: "a product has no int8 kernel" };
  return { runs: "int8", activations: name === "sum" ? "own" : "shared" };
};
