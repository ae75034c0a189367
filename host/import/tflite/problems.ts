import { QbinFormatError } from "../../core/errors.js";
import { Problems as CommonProblems } from "../common/problems.js";
import { quote } from "../common/text.js";
import type { FileOperator, TfliteFile } from "./file.js";

/** The problems of a .tflite file, whose operators and tensors have numbers. */
export class Problems extends CommonProblems {
  readonly #file: TfliteFile;

  constructor(who: string, file: TfliteFile) {
    super(who);
    this.#file = file;
  }

  /** `collect`, for one operator. */
  collectFor(operator: FileOperator, work: () => void): boolean {
    const output = operator.outputs[0];
    const name = output === undefined ? "" : `, ${quote(this.#file.tensors[output]?.name ?? "")}`;
    return this.collectOperator(`${operator.kind} (op ${operator.index}${name})`, work);
  }

  twice(index: number): QbinFormatError {
    return new QbinFormatError("tflite-malformed", `tensor ${this.#quoted(index)} gets a value twice`);
  }

  unmade(index: number): QbinFormatError {
    return new QbinFormatError("tflite-malformed", `tensor ${this.#quoted(index)} is read before it is computed`);
  }

  #quoted(index: number): string {
    return quote(this.#file.tensors[index]?.name ?? `#${index}`);
  }
}
