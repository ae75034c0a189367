import { MALFORMED_FILE } from "./malformed-file.js";
import { MALFORMED_HEADER } from "./malformed-header.js";
import { MALFORMED_MODEL } from "./malformed-model.js";
import { MALFORMED_SCALES } from "./malformed-scales.js";
import { MALFORMED_STORED } from "./malformed-stored.js";

/** At least one file per rule. Committed in malformed/, made by `make.mjs`. */
export const MALFORMED = [
  ...MALFORMED_FILE,
  ...MALFORMED_HEADER,
  ...MALFORMED_MODEL,
  ...MALFORMED_SCALES,
  ...MALFORMED_STORED,
];
