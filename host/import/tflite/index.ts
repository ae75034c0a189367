export { importTflite, importTfliteWithDecisions, supportedTfliteOperators } from "./import.js";
export type { NodeDecision } from "./importer.js";
export { type ImportTfliteOptions, TFLITE_NUMERICS, type TfliteNumerics } from "./options.js";
