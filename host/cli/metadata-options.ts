import type { Command } from "commander";
import type { PictureOptions } from "./metadata.js";
import { numberList } from "./options.js";

/** Options of commands that store labels and preprocessing. */
export interface StoredOptions extends PictureOptions {
  readonly labels?: string;
}

/** Adds them to a command. */
export function addMetadataOptions(command: Command): Command {
  return command
    .option("--labels <file>", "class names to store, one a line in output order")
    .option("--mean <values>", "pixel mean to store, one or one per channel: 127.5", numberList("--mean"))
    .option("--scale <values>", "pixel scale to store: real = (pixel - mean) * scale", numberList("--scale"))
    .option("--channel-order <order>", "order of the input's channels to store: rgb, bgr or gray");
}
