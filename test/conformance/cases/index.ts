import type { CaseSource } from "../case.js";
import { binaryCases } from "./binary.js";
import { convCases } from "./conv.js";
import { dynamicCases } from "./dynamic.js";
import { elementwiseCases } from "./elementwise.js";
import { floatConvolutions } from "./float-conv.js";
import { functionCases } from "./function.js";
import { lookupCases } from "./lookup.js";
import { moves } from "./move.js";
import { onnxCases } from "./onnx.js";
import { pools } from "./pool.js";
import { quantizeCases } from "./quantize.js";
import { reductions } from "./reduce.js";
import { resizes } from "./resize.js";
import { softmaxCases } from "./softmax.js";
import { storedWeights } from "./stored-weights.js";
import { transposeConvCases } from "./transpose-conv.js";
import { wideCases } from "./wide.js";

/** All cases, by kind of operator. */
export const SOURCES: readonly CaseSource[] = [
  binaryCases,
  convCases,
  dynamicCases,
  elementwiseCases,
  floatConvolutions,
  functionCases,
  lookupCases,
  moves,
  onnxCases,
  pools,
  quantizeCases,
  reductions,
  resizes,
  softmaxCases,
  storedWeights,
  transposeConvCases,
  wideCases,
];
