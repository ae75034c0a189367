import type { Command } from "commander";
import { readQbin } from "../toolchain.js";
import { inspectJson, inspectLines } from "./inspect-report.js";
import { reportNodes } from "./node-report.js";
import { openModel } from "./open-model.js";
import { jsonOption, maxMemoryOption, moduleOption, type RuntimeOptions } from "./options.js";
import { report } from "./print.js";
import { detectTerminal } from "./terminal.js";

interface InspectOptions extends RuntimeOptions {
  readonly json?: true;
}

/** `inspect`: what is in a `.qbin`, what runs for it on this machine, and what that costs. Runs nothing. */
export function defineInspect(command: Command, self: string): Command {
  return command
    .description("Show a model: its ends, its nodes, what runs in int8, its memory.")
    .argument("<model>", "a .qbin file")
    .addOption(moduleOption())
    .addOption(maxMemoryOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  $ ${self} examples/digits/digits.qbin
  $ ${self} examples/digits/digits.qbin --module scalar --json`,
    )
    .action(inspect);
}

async function inspect(path: string, options: InspectOptions): Promise<void> {
  const { model, bytes } = await openModel(path, options);
  const data = readQbin(bytes);
  const inspected = { path, fileBytes: bytes.byteLength, model, data, nodes: reportNodes(data, model.info) };
  report(
    options.json,
    () => inspectJson(inspected),
    () => inspectLines(inspected, detectTerminal()),
  );
}
