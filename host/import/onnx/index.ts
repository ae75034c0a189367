export { importOnnx, importOnnxWithNotes, supportedOnnxOperators } from "./import.js";
export type { ImportOnnxOptions } from "./options.js";
export type { ReadExternal } from "./tensor-data.js";
