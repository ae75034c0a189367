#!/usr/bin/env node
import { createRequire } from "node:module";
import { Command } from "commander";
import { defineBench } from "./bench-command.js";
import { defineConvert } from "./convert-command.js";
import { defineEvaluate } from "./evaluate-command.js";
import { defineInspect } from "./inspect-command.js";
import { qbinCommand, runMain } from "./main.js";
import { defineQuantize } from "./quantize-command.js";
import { defineRun } from "./run-command.js";

/** The `qbin` command: one subcommand per thing a person does with a model. */
const self = qbinCommand();
const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
const program = new Command("qbin")
  .description("Convert, quantize, look at, run and measure int8 models.")
  .version(version);
defineConvert(program.command("convert"), `${self} convert`);
defineQuantize(program.command("quantize"), `${self} quantize`);
defineEvaluate(program.command("evaluate"), `${self} evaluate`);
defineInspect(program.command("inspect"), `${self} inspect`);
defineRun(program.command("run"), `${self} run`);
defineBench(program.command("bench"), `${self} bench`);

await runMain(program);
