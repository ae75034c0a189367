/** qbin/toolchain: from somebody else's model file to a `.qbin`. One verb per stage: import, prepare, write, read. */

export type { DType, TypedData } from "./core/dtype.js";
export {
  CalibrationError,
  EnvironmentError,
  QbinError,
  QbinFormatError,
  QuantizationError,
  ShapeError,
  UnsupportedOpError,
  UsageError,
} from "./core/errors.js";
export type {
  Attributes,
  AttributeValue,
  ModelData,
  Node,
  Numerics,
  Preprocessing,
  Tensor,
  TensorType,
} from "./core/model.js";
export type { OpDefinition } from "./core/op.js";
export type { QuantizationParams } from "./core/quantization.js";
export type { Shape } from "./core/shape.js";
export { readQbin, verifyDigest } from "./format/read.js";
export { writeQbin } from "./format/write.js";
export { GraphBuilder, type NodeSpec, type OutputType } from "./graph/builder.js";
export { type Explanation, explain, type RunsIn } from "./graph/explain.js";
export { printGraph } from "./graph/print.js";
export { verifyGraph } from "./graph/verify.js";
export {
  formatOf,
  type ImportCaffeOptions,
  type ImportedCaffe,
  type ImportedModel,
  type ImportOnnxOptions,
  type ImportOptions,
  type ImportTfliteOptions,
  importCaffe,
  importCaffeWithNotes,
  importModel,
  importOnnx,
  importOnnxWithNotes,
  importTflite,
  importTfliteWithDecisions,
  type ModelFormat,
  type NodeDecision,
  type NodeNote,
  type ReadExternal,
  supportedCaffeLayers,
  supportedOnnxOperators,
  supportedTfliteOperators,
  TFLITE_NUMERICS,
  type TfliteNumerics,
} from "./import/index.js";
export { findOp, OPS, type OpName } from "./ops/index.js";
export { prepare, simplify } from "./passes/index.js";
export {
  type Attempt,
  CALIBRATORS,
  type CalibrateOptions,
  type Calibration,
  type CalibratorName,
  calibrate,
  calibrationFromJson,
  calibrationToJson,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type LayerMode,
  MODES,
  type ModeName,
  measureSensitivity,
  type NodeReport,
  type Progress,
  type QuantizeOptions,
  type QuantizeReport,
  type QuantizeResult,
  quantize,
  quantizeToBudget,
  quantizeToSize,
  type RecipeOptions,
  type RecipeResult,
  type Reduction,
  type Sample,
  type SampleSource,
  type Samples,
  type Sensitivity,
  type SizeBudgetOptions,
  type SizeBudgetResult,
  type TensorRange,
} from "./quantize/index.js";
