export { isCaffemodel, isPrototxt } from "./file.js";
export { type ImportedCaffe, importCaffe, importCaffeWithNotes, supportedCaffeLayers } from "./import.js";
export type { ImportCaffeOptions } from "./options.js";
