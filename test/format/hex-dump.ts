/** 16 bytes a line: offset, bytes, and the printable ones as text (no backtick: the text stands in Markdown). Repeated lines are one "*". */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  let previous = "";
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = [...bytes.subarray(offset, offset + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = row
      .map((byte) => (byte >= 0x20 && byte < 0x7f && byte !== 0x60 ? String.fromCharCode(byte) : "."))
      .join("");
    const isLast = offset + 16 >= bytes.length;
    if (hex !== previous || isLast) lines.push(`${offset.toString(16).padStart(4, "0")}  ${hex.padEnd(47)}  ${text}`);
    else if (lines.at(-1) !== "*") lines.push("*");
    previous = hex;
  }
  return lines.join("\n");
}
