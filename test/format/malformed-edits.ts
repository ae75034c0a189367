import { writeQbin } from "../../host/format/write.js";
import { tinyModel } from "./models.js";
import { close, editHeader, open, setWord } from "./surgery.js";

/** A file that breaks one rule of docs/qbin.md, and the sentence with which it is refused. */
export interface Malformed {
  /** File name without extension: the rule and what is wrong. */
  readonly name: string;
  readonly message: string;
  readonly make: () => Uint8Array;
}

export const tiny = () => writeQbin(tinyModel());

/** The tiny file with an edited header and a digest that fits. */
// biome-ignore lint/suspicious/noExplicitAny: the edits break the header's type, which is their purpose
export const header = (edit: (header: any) => unknown) => () => editHeader(tiny(), edit);

/** The tiny file with edited header text. */
export const text = (edit: (text: string) => string) => () => {
  const parts = open(tiny());
  return close(edit(parts.text), parts.data);
};

/** The tiny file with edited bytes. */
export const bytes = (edit: (file: Uint8Array) => Uint8Array | undefined) => () => {
  const file = tiny();
  return edit(file) ?? file;
};

export const word = (offset: number, value: number) => bytes((file) => void setWord(file, offset, value));

/** The data section of the tiny file: two scales, two weights, two biases, at 0, 64 and 128. */
export const data = (edit: (data: Uint8Array) => Uint8Array) => () => {
  const parts = open(tiny());
  return close(parts.text, edit(parts.data));
};
