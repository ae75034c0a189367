import { basename, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, CommanderError } from "commander";
import { QbinError } from "../index.js";

/**
 * Runs a command line: status 0, or 1 with one line on standard error, whatever goes wrong. Sets `process.exitCode` and
 * lets Node end by itself, because `process.exit` cuts off what a pipe has not taken yet.
 */
export async function runMain(program: Command): Promise<void> {
  watchStreams();
  process.on("uncaughtException", fail);
  for (const command of [program, ...program.commands]) prepareCommand(command);
  if (process.argv.length <= 2 && program.commands.length > 0) {
    program.outputHelp();
    return;
  }
  try {
    await program.parseAsync();
  } catch (error) {
    fail(error);
  }
}

/** How whoever started this process can start `qbin`: by name if that is how it was found, else by path. */
export function qbinCommand(): string {
  if (basename(process.argv[1] ?? "") === "qbin") return "qbin";
  return `node ${relative(process.cwd(), fileURLToPath(new URL("../cli/qbin.js", import.meta.url)))}`;
}

/** commander throws instead of printing and exiting; what it throws names the help that has the answer. */
function prepareCommand(command: Command): void {
  command.configureOutput({ outputError: () => {} });
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error;
    const message = error.message.replace(/^error: /, "").replace(/\s+/g, " ");
    throw new CommanderError(1, error.code, `${message.replace(/\.$/, "")}; see --help`);
  });
}

function fail(error: unknown): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  process.exitCode = 1;
  process.stderr.write(`qbin: ${oneLine(explain(error))}\n`);
}

function explain(error: unknown): string {
  if (error instanceof QbinError || error instanceof CommanderError) return error.message;
  if (error instanceof RangeError && /allocation|array length/i.test(error.message))
    return "there is not enough memory";
  return `internal error, please report it: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`;
}

/** Messages quote file names and names out of files, which may hold anything. */
function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}

/** A reader that has seen enough, like `head`, is no error; a full disk behind standard output is one. */
function watchStreams(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || process.exitCode === 1) return;
    process.exitCode = 1;
    const reason = error.code === "ENOSPC" ? "no space left on the device" : `the system answered ${error.code}`;
    process.stderr.write(`qbin: standard output: ${reason}\n`);
  });
  process.stderr.on("error", () => {});
}
