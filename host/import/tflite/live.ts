import { UsageError } from "../../core/errors.js";
import { quote } from "../common/text.js";
import type { FileOperator, TfliteFile } from "./file.js";

/** The tensors the model is to compute: the file's outputs, or those with the given names. */
export function outputIndices(file: TfliteFile, names: readonly string[] | undefined): readonly number[] {
  if (names === undefined) return file.outputs;
  if (names.length === 0) throw new UsageError("the list of outputs is empty");
  return names.map((name) => {
    const tensor = file.tensors.find((candidate) => candidate.name === name);
    if (tensor === undefined) throw new UsageError(`there is no tensor named ${quote(name)} to be an output`);
    return tensor.index;
  });
}

/** The operators that the given tensors need, in execution order. */
export function liveOperators(file: TfliteFile, outputs: readonly number[]): FileOperator[] {
  const needed = new Set(outputs);
  const live: FileOperator[] = [];
  for (const operator of file.operators.toReversed()) {
    if (!operator.outputs.some((index) => needed.has(index))) continue;
    for (const index of operator.inputs) needed.add(index);
    live.push(operator);
  }
  return live.reverse();
}
