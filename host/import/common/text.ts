const MAX_NAME = 1024;
const MAX_QUOTED = 80;

/** A name from a file, fit for a one-line message and a terminal: control and formatting characters become "_". */
export function cleanName(text: string): string {
  return text.slice(0, MAX_NAME).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "_");
}

/** `text` in quotes, shortened in the middle, for messages. TFLite fuses names into lists of hundreds of characters. */
export function quote(text: string): string {
  if (text.length <= MAX_QUOTED) return `"${text}"`;
  const half = (MAX_QUOTED >> 1) - 1;
  return `"${text.slice(0, half)}…${text.slice(-half)}"`;
}
