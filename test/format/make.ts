import { writeQbin } from "../../host/format/write.js";
import { hexDump } from "./hex-dump.js";
import { MALFORMED } from "./malformed.js";
import { tinyModel } from "./models.js";

/** What `make.mjs` writes: the malformed files by name, and the hex dump of docs/qbin.md. */
export function makeFiles(): Map<string, Uint8Array> {
  return new Map(MALFORMED.map(({ name, make }) => [name, make()]));
}

export const makeDump = (): string => hexDump(writeQbin(tinyModel()));
