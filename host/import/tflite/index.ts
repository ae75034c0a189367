export {
  type ImportTfliteOptions,
  importTflite,
  importTfliteWithDecisions,
  supportedTfliteOperators,
} from "./import.js";
export type { NodeDecision } from "./importer.js";
