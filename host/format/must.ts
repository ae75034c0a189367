import { QbinFormatError } from "../core/errors.js";

/**
 * The one sentence of every refusal: `who` is `actual`; must be `expected`. One line of at most 400 characters,
 * whatever the file put into it. `rule` is the rule's number in docs/qbin.md.
 */
export function must(ok: unknown, rule: number, who: string, actual: unknown, expected: unknown): asserts ok {
  if (!ok) throw refusal(rule, `${who} is ${actual}; must be ${expected}`);
}

export function refusal(rule: number, message: string): QbinFormatError {
  return new QbinFormatError("format", oneLine(message.slice(0, 400)), `R${rule}`);
}

/** Replaces what would end the line or move the cursor, and halves of characters. */
export function oneLine(text: string): string {
  // Compiling the pattern below costs more than all else that is done to a small header.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, "?");
}

/** A value from a file, short: a quoted string, a number, or only its type. `undefined` is what is not there. */
export function show(value: unknown): string {
  if (typeof value === "string") return `"${value.length > 60 ? `${value.slice(0, 59)}…` : value}"`;
  return Array.isArray(value)
    ? "a list"
    : value && typeof value === "object"
      ? "an object"
      : `${value === undefined ? "absent" : value}`;
}
