import { planDynamicConvolution, planDynamicDepthwise } from "./dynamic.js";
import { planFixedSoftmax } from "./fixed-softmax.js";
import { planOnnxAveragePool, planOnnxBinary, planOnnxQuantize, planOnnxSoftmax } from "./onnx.js";
import { planReferenceProduct } from "./reference-product.js";
import { planStored } from "./stored-conv.js";
import { planWideConvolution, planWideDepthwise } from "./wide.js";
import { planWideBinary, planWideConversion } from "./wide-elementwise.js";

/** What rare.ts hands out. */
export const RARE = {
  planDynamicConvolution,
  planDynamicDepthwise,
  planFixedSoftmax,
  planReferenceProduct,
  planOnnxAveragePool,
  planOnnxBinary,
  planOnnxQuantize,
  planOnnxSoftmax,
  planStored,
  planWideBinary,
  planWideConversion,
  planWideConvolution,
  planWideDepthwise,
};
