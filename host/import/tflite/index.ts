export {
  type ImportTfliteOptions,
  importTflite,
  importTfliteWithDecisions,
  type NodeDecision,
  supportedTfliteOperators,
} from "./import.js";
