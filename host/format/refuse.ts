import { QbinError, QbinFormatError } from "../core/errors.js";

/** A name from a file, for a message: quoted and short. */
export function quote(name: string): string {
  return `"${name.length > 60 ? `${name.slice(0, 59)}…` : name}"`;
}

/**
 * Throws the refusal of rule `rule` of docs/qbin.md. The message says who, the actual values and what must be; it is
 * one line of at most 400 characters, whatever the file put into it.
 */
export function refuse(rule: number, message: string): never {
  const line = message.slice(0, 400).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  throw new QbinFormatError("format", line, `R${rule}`);
}

/** Runs a check of core or of an op's declaration, and gives its refusal the rule's number and the full who. */
export function underRule<T>(rule: number, who: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof QbinError) refuse(rule, `${who}: ${error.message}`);
    throw error;
  }
}
