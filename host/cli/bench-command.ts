import type { Command } from "commander";
import type { Model } from "../index.js";
import { benchJson, benchLines } from "./bench-report.js";
import { openModel } from "./open-model.js";
import {
  jsonOption,
  maxMemoryOption,
  moduleOption,
  positiveNumber,
  type RuntimeOptions,
  threadsOption,
} from "./options.js";
import { report } from "./print.js";
import { detectTerminal } from "./terminal.js";
import { timeWindows } from "./timing.js";

interface BenchOptions extends RuntimeOptions {
  readonly profile?: true;
  readonly seconds?: number;
  readonly json?: true;
}

const DEFAULT_SECONDS = 2;
const MAX_SECONDS = 3600;

/** `bench`: how long one inference takes, and with `--profile` where the time goes. */
export function defineBench(command: Command, self: string): Command {
  return command
    .description("Measure a model's speed on made-up input.")
    .argument("<model>", "a .qbin file")
    .addOption(moduleOption())
    .addOption(threadsOption())
    .option("--profile", "also time every step of the program on its own")
    .option("--seconds <seconds>", "how long to measure (default: 2)", positiveNumber("--seconds", MAX_SECONDS))
    .addOption(maxMemoryOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  $ ${self} examples/digits/digits.qbin
  $ ${self} examples/digits/digits.qbin --module scalar --seconds 0.5
  $ ${self} examples/digits/digits.qbin --profile --json`,
    )
    .action(bench);
}

async function bench(path: string, options: BenchOptions): Promise<void> {
  const { model } = await openModel(path, options);
  const seconds = options.seconds ?? DEFAULT_SECONDS;
  fillInputs(model);
  const times = timeWindows(() => model.run(), seconds);
  const result = { model, times, ...(options.profile && { steps: model.profile(seconds * 1000) }) };
  report(
    options.json,
    () => benchJson(result),
    () => benchLines(result, detectTerminal()),
  );
}

/** The same arbitrary values each time. Floats stay small; indices stay 0, which is always one. */
function fillInputs(model: Model): void {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  for (let i = 0; i < model.inputs.length; i++) {
    const { data } = model.input(i);
    if (data instanceof Float32Array) for (let k = 0; k < data.length; k++) data[k] = next() / 256;
    else if (data instanceof Int8Array || data instanceof Uint8Array) {
      for (let k = 0; k < data.length; k++) data[k] = next();
    }
  }
}
