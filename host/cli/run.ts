import { Command } from "commander";
import { runMain } from "./main.js";
import { defineRun } from "./run-command.js";

/** `node run.js …`, the shortest way to run a model; the same as `qbin run …`. */
await runMain(defineRun(new Command("run.js"), "node run.js"));
