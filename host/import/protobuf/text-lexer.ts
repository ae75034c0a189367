import { QbinFormatError } from "../../core/errors.js";

/** `text` is the word, the mark or the content of the string; `value` the number; `shown` is for messages. */
export interface Token {
  readonly kind: "word" | "number" | "string" | "mark" | "end";
  readonly text: string;
  readonly value: number;
  readonly line: number;
  readonly shown: string;
}

const SPACE = /(?:\s|#.*)+/y;
const WORD = /[A-Za-z_][\w.]*/y;
const NUMBER = /[-+]?\s*(?:0[xX][\da-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?[fF]?|inf(?:inity)?\b|nan\b)/iy;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'/y;
const MARK = /[{}<>[\]:,;]/y;

/** Takes text apart into the tokens of protobuf's text format. */
export class Lexer {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #peek: Token;

  constructor(text: string) {
    this.#text = text;
    this.#peek = this.#read();
  }

  get peek(): Token {
    return this.#peek;
  }

  /** The token, which is behind then. */
  take(): Token {
    const token = this.#peek;
    if (token.kind !== "end") this.#peek = this.#read();
    return token;
  }

  #read(): Token {
    for (const ch of this.#match(SPACE) ?? "") if (ch === "\n") this.#line++;
    if (this.#at === this.#text.length) return this.#token("end", "", Number.NaN, "the end of the file");
    const mark = this.#match(MARK);
    if (mark !== undefined) return this.#token("mark", mark);
    const number = this.#match(NUMBER);
    if (number !== undefined) return this.#token("number", number, numberOf(number));
    const word = this.#match(WORD);
    if (word !== undefined) return this.#token("word", word);
    const string = this.#match(STRING);
    if (string !== undefined) return this.#token("string", unescaped(string.slice(1, -1)), Number.NaN, string);
    const found = String.fromCodePoint(this.#text.codePointAt(this.#at) as number);
    throw new QbinFormatError(
      "prototxt-malformed",
      `line ${this.#line}: ${printable(found)} is no part of this format`,
    );
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #token(kind: Token["kind"], text: string, value = Number.NaN, shown = text): Token {
    return { kind, text, value, line: this.#line, shown: kind === "end" ? shown : printable(shown) };
  }
}

function numberOf(text: string): number {
  const plain = text.replace(/\s/g, "").toLowerCase();
  const sign = plain.startsWith("-") ? -1 : 1;
  const size = plain.replace(/^[-+]/, "");
  if (size.startsWith("inf")) return sign * Number.POSITIVE_INFINITY;
  if (size === "nan") return Number.NaN;
  if (size.startsWith("0x")) return sign * Number.parseInt(size, 16);
  return sign * Number(size.replace(/f$/, ""));
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** Octal and hexadecimal escapes are bytes; names with such in them are shown, not matched, so Latin-1 will do. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(?:x([\da-fA-F]{1,2})|([0-7]{1,3})|(.))/g, (_, hex, octal, other) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    return ESCAPES[other] ?? other;
  });
}

/** In quotes, short, and without what a terminal would obey. */
function printable(text: string): string {
  const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return `"${clean.length > 40 ? `${clean.slice(0, 39)}…` : clean}"`;
}
