/** Everything a command says goes through here: lines for people, or one JSON document for programs. */
export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** One line, as programs like it; `jq` shows it to people. Numbers JSON has no word for become null. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** What a command has to say, both ways; only the one asked for is made. */
export function report(asJson: boolean | undefined, json: () => unknown, lines: () => readonly string[]): void {
  if (asJson) printJson(json());
  else print(lines());
}
