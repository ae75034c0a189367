/** qbin: load a `.qbin` model and run it. Zero dependencies; every engine with WebAssembly. */

export type { DType, TypedData } from "./core/dtype.js";
export {
  EnvironmentError,
  QbinError,
  QbinFormatError,
  QuantizationError,
  ShapeError,
  UnsupportedOpError,
  UsageError,
} from "./core/errors.js";
export type { Numerics, Preprocessing } from "./core/model.js";
export type { QuantizationParams } from "./core/quantization.js";
export type { ModelInfo, NodeInfo } from "./runtime/info.js";
export { type LoadOptions, load } from "./runtime/load.js";
export type { Model } from "./runtime/model.js";
export type { StepProfile } from "./runtime/profile.js";
export type { ModelSource } from "./runtime/source.js";
export type { TensorInfo, TensorView } from "./runtime/tensor.js";
export type { ModuleName } from "./wasm/kernel.js";
