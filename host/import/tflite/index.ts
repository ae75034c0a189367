export { importTflite, importTfliteWithDecisions, supportedTfliteOperators } from "./import.js";
export type { NodeDecision } from "./importer.js";
export type { ImportTfliteOptions } from "./options.js";
