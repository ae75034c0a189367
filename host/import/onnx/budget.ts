import { QbinFormatError } from "../../core/errors.js";

/**
 * What may be spent on constants while importing. A file of a few hundred bytes can ask for gigabytes (a ConstantOfShape,
 * an Expand) or for hours (a convolution of constants); neither is in proportion to what is there.
 */
export class Budget {
  #bytes: number;
  #work: number;

  constructor(fileBytes: number) {
    this.#bytes = 2 ** 26 + 8 * fileBytes;
    this.#work = 2 ** 28 + 64 * fileBytes;
  }

  /** Accounts for bytes about to be made. */
  bytes(count: number): void {
    this.#bytes -= count;
    if (!(this.#bytes >= 0)) throw tooMuch("take many times the memory of the file");
  }

  /** Accounts for elements about to be computed, or products about to be summed up. */
  work(count: number): void {
    this.#work -= count;
    if (!(this.#work >= 0)) throw tooMuch("take longer to compute than any real model's");
  }
}

function tooMuch(why: string): QbinFormatError {
  return new QbinFormatError("onnx-malformed", `its constants ${why}`);
}
