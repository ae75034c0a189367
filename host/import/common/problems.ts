import {
  EnvironmentError,
  QbinError,
  QbinFormatError,
  QuantizationError,
  ShapeError,
  UnsupportedOpError,
  UsageError,
} from "../../core/errors.js";

const MAX_LISTED = 50;
const MAX_LINE = 400;

/**
 * Collects everything about a file that cannot be imported, so that its owner sees it all at once:
 *
 *     model.tflite: 2 operators are not supported: LSTM (op 3, "lstm/out"): qbin has no such op; …
 */
export class Problems {
  readonly #who: string;
  readonly #lines: string[] = [];
  #operators = 0;

  /** @param who the file, as messages call it */
  constructor(who: string) {
    this.#who = who;
  }

  /** Notes something that rules the model out. */
  add(line: string): void {
    this.#lines.push(line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line);
  }

  /**
   * Runs `work` and says whether it succeeded; what it refuses is noted. A malformed file ends the import, and so does a
   * file beside it that cannot be read.
   */
  collect(where: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const isFinal = error instanceof QbinFormatError || error instanceof EnvironmentError;
      if (!(error instanceof QbinError) || isFinal) throw error;
      this.add(`${where}: ${error.message}`);
      return false;
    }
  }

  /** `collect` for an operator, which `label` describes: `CONV_2D (op 3, "conv/out")`. */
  collectOperator(label: string, work: () => void): boolean {
    const succeeded = this.collect(label, work);
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

  /** The same error with the file's name in front, unless it is there. */
  wrap(error: QbinError): QbinError {
    if (error.message.startsWith(this.#who) || error instanceof EnvironmentError) return error;
    const message = `${this.#who}: ${error.message}`;
    if (error instanceof QbinFormatError) return new QbinFormatError(error.code, message);
    if (error instanceof ShapeError) return new ShapeError(message);
    if (error instanceof QuantizationError) return new QuantizationError(message);
    if (error instanceof UsageError) return new UsageError(message);
    return new UnsupportedOpError(error.code, message);
  }
}
