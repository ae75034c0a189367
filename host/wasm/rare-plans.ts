import { planDynamicConvolution, planDynamicDepthwise } from "./dynamic.js";
import { planStored } from "./stored-conv.js";
import { planWideConvolution, planWideDepthwise } from "./wide.js";
import { planWideBinary, planWideConversion } from "./wide-elementwise.js";

/** What rare.ts hands out. */
export const RARE = {
  planDynamicConvolution,
  planDynamicDepthwise,
  planStored,
  planWideBinary,
  planWideConversion,
  planWideConvolution,
  planWideDepthwise,
};
