import {
  QbinError,
  QbinFormatError,
  QuantizationError,
  ShapeError,
  UnsupportedOpError,
  UsageError,
} from "../../core/errors.js";
import type { FileOperator, TfliteFile } from "./file.js";
import { quote } from "./text.js";

const MAX_LISTED = 50;
const MAX_LINE = 400;

/**
 * Collects everything about a file that cannot be imported, so that its owner sees it all at once:
 *
 *     model.tflite: 2 operators are not supported: LSTM (op 3, "lstm/out"): qbin has no such op; …
 */
export class Problems {
  readonly #who: string;
  readonly #file: TfliteFile;
  readonly #lines: string[] = [];
  #operators = 0;

  constructor(who: string, file: TfliteFile) {
    this.#who = who;
    this.#file = file;
  }

  /** Notes something that rules the model out. */
  add(line: string): void {
    this.#lines.push(line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line);
  }

  /** Runs `work` and says whether it succeeded; what it refuses is noted, what it finds malformed ends the import. */
  collect(where: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof QbinError) || error instanceof QbinFormatError) throw error;
      this.add(`${where}: ${error.message}`);
      return false;
    }
  }

  /** `collect`, for one operator. */
  collectFor(operator: FileOperator, work: () => void): boolean {
    const output = operator.outputs[0];
    const name = output === undefined ? "" : `, ${quote(this.#file.tensors[output]?.name ?? "")}`;
    const succeeded = this.collect(`${operator.kind} (op ${operator.index}${name})`, work);
    if (!succeeded) this.#operators++;
    return succeeded;
  }

  /** Throws the list if there is anything in it. */
  check(): void {
    if (this.#lines.length === 0) return;
    const count = this.#operators;
    const operators = count === 1 ? "1 operator is not supported" : `${count} operators are not supported`;
    const head = count === 0 ? "it cannot be imported" : operators;
    const rest = this.#lines.length - MAX_LISTED;
    const tail = rest > 0 ? `; and ${rest} more` : "";
    throw new UnsupportedOpError(
      "unsupported-operators",
      `${this.#who}: ${head}: ${this.#lines.slice(0, MAX_LISTED).join("; ")}${tail}`,
    );
  }

  twice(index: number): QbinFormatError {
    return new QbinFormatError("tflite-malformed", `tensor ${this.#quoted(index)} gets a value twice`);
  }

  unmade(index: number): QbinFormatError {
    return new QbinFormatError("tflite-malformed", `tensor ${this.#quoted(index)} is read before it is computed`);
  }

  /** Puts the file's name in front, unless it is there. */
  malformed(error: QbinFormatError): QbinFormatError {
    if (error.message.startsWith(this.#who)) return error;
    return new QbinFormatError(error.code, `${this.#who}: ${error.message}`);
  }

  wrap(error: QbinError): QbinError {
    if (error.message.startsWith(this.#who)) return error;
    const message = `${this.#who}: ${error.message}`;
    if (error instanceof ShapeError) return new ShapeError(message);
    if (error instanceof QuantizationError) return new QuantizationError(message);
    if (error instanceof UsageError) return new UsageError(message);
    return new UnsupportedOpError(error.code, message);
  }

  #quoted(index: number): string {
    return quote(this.#file.tensors[index]?.name ?? `#${index}`);
  }
}
