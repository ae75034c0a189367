import type { Command } from "commander";
import { type Dataset, openDataset } from "../node.js";
import type { ModelData } from "../toolchain.js";
import { wholeNumber } from "./options.js";

/** Options of commands that go through samples. */
export interface DataOptions {
  readonly record?: string;
  readonly samples?: number;
}

/** Adds them to a command. */
export function addDataOptions(command: Command): Command {
  return command
    .option("--record <fields>", "what a record of a raw file is: label:u8,image:u8 (default: inputs in f32)")
    .option("--samples <count>", "use only this many samples, the first ones", wholeNumber("--samples"));
}

/** Opens samples for a model. */
export function openData(path: string, graph: ModelData, { record, samples }: DataOptions): Promise<Dataset> {
  return openDataset(path, {
    inputs: graph.inputs.map((index) => graph.tensors[index]!),
    labels: graph.labels,
    ...(record !== undefined && { record }),
    ...(samples !== undefined && { limit: samples }),
  });
}
