import { bytes, type Malformed, text, tiny, word } from "./malformed-edits.js";
import { close, open, reseal } from "./surgery.js";

/** R1 to R9: the prefix and the spelling of the header. */
export const MALFORMED_FILE: readonly Malformed[] = [
  {
    name: "R1-shorter-than-the-prefix",
    message: "file length is 63; must be at least 64 [R1]",
    make: bytes((file) => file.slice(0, 63)),
  },
  {
    name: "R1-empty",
    message: "file length is 0; must be at least 64 [R1]",
    make: () => new Uint8Array(0),
  },
  {
    name: "R2-another-magic",
    message: 'file start is "PK??"; must be "QBIN" [R2]',
    make: word(0, 0x04034b50),
  },
  {
    name: "R3-version-2",
    message: "file version is 2; must be 1; update qbin [R3]",
    make: word(4, 2),
  },
  {
    name: "R4-reserved-byte-set",
    message: "reserved is 0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1; must be 0 [R4]",
    make: bytes((file) => {
      file[63] = 1;
      return reseal(file);
    }),
  },
  {
    name: "R5-header-length-not-aligned",
    message: "header length is 1599; must be a multiple of 64, at most 16777216 [R5]",
    make: word(40, 1599),
  },
  {
    name: "R5-header-too-long",
    message: "header length is 16777280; must be a multiple of 64, at most 16777216 [R5]",
    make: word(40, 16777280),
  },
  {
    name: "R5-no-header",
    message: "header length is 0; must be a multiple of 64, at most 16777216 [R5]",
    make: word(40, 0),
  },
  {
    name: "R6-cut-short",
    message: "file length is 1287; must be 1288; the file was cut short or appended to [R6]",
    make: bytes((file) => file.slice(0, -1)),
  },
  {
    name: "R6-appended-to",
    message: "file length is 1289; must be 1288; the file was cut short or appended to [R6]",
    make: bytes((file) => Uint8Array.of(...file, 0)),
  },
  {
    name: "R6-lengths-beyond-32-bits",
    message: "file length is 1288; must be 4294968447; the file was cut short or appended to [R6]",
    make: word(44, 0xffffffff),
  },
  {
    name: "R7-damaged-weight",
    message: "SHA-256 of the contents is not that in the file; must be equal; the file was damaged [R7]",
    make: bytes((file) => {
      file[file.length - 1]! ^= 1;
      return file;
    }),
  },
  {
    name: "R8-not-utf-8",
    message: "header is unreadable; must be JSON in UTF-8 [R8]",
    make: () => {
      const parts = open(tiny());
      return close(Uint8Array.of(0x22, 0xc3, 0x28, 0x22), parts.data);
    },
  },
  {
    name: "R8-not-json",
    message: "header is unreadable; must be JSON in UTF-8 [R8]",
    make: text((json) => json.replace('"name"', "name")),
  },
  {
    name: "R8-byte-order-mark",
    message: "header is unreadable; must be JSON in UTF-8 [R8]",
    make: text((json) => `\ufeff${json}`),
  },
  {
    name: "R9-duplicate-key",
    message:
      'header from character 30 is "safe","description":"","numerics":"xnnpack","labels":["no",…"; must be in canonical form [R9]',
    make: text((json) => json.replace('"description":""', '"description":"safe","description":""')),
  },
  {
    name: "R9-white-space",
    message:
      'header from character 8 is " "tiny","description":"","numerics":"xnnpack","labels":["no…"; must be in canonical form [R9]',
    make: text((json) => json.replace(":", ": ")),
  },
  {
    name: "R9-number-spelled-otherwise",
    message:
      'header from character 1025 is ".0,"unsigned":false},"numerics":"tflite"}]}                …"; must be in canonical form [R9]',
    make: text((json) => json.replace('"beta":1,', '"beta":1.0,')),
  },
  {
    name: "R9-needless-escape",
    message:
      'header from character 10 is "\\u0069ny","description":"","numerics":"xnnpack","labels":["…"; must be in canonical form [R9]',
    make: text((json) => json.replace('"tiny"', '"t\\u0069ny"')),
  },
  {
    name: "R9-too-much-padding",
    message: 'header from character 1129 is "                       "; must be in canonical form [R9]',
    make: text((json) => json + " ".repeat(64)),
  },
];
