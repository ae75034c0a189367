/**
 * Every refusal is a `QbinError`: one line that says who, the actual values, the rule, and what to do.
 * `code` is stable and meant for programs; `message` is meant for people.
 */
export class QbinError extends Error {
  override name = "QbinError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A `.qbin` (or foreign) file breaks a rule of its format. `rule` is the rule's number in docs/qbin.md, e.g. "R12". */
export class QbinFormatError extends QbinError {
  override name = "QbinFormatError";
  readonly rule: string | undefined;

  constructor(code: string, message: string, rule?: string) {
    super(code, rule === undefined ? message : `${message} [${rule}]`);
    this.rule = rule;
  }
}

/** An operator, or a combination of its types and attributes, that qbin does not run. */
export class UnsupportedOpError extends QbinError {
  override name = "UnsupportedOpError";
}

/** Shapes that do not fit together, or data whose length does not fit its shape. */
export class ShapeError extends QbinError {
  override name = "ShapeError";

  constructor(message: string) {
    super("shape", message);
  }
}

/** Scales or zero points outside the range the arithmetic is defined for. */
export class QuantizationError extends QbinError {
  override name = "QuantizationError";

  constructor(message: string) {
    super("quantization", message);
  }
}

/** Samples that cannot calibrate a model: too few, of the wrong shape, or with ranges that are empty or not finite. */
export class CalibrationError extends QbinError {
  override name = "CalibrationError";

  constructor(message: string) {
    super("calibration", message);
  }
}

/** The machine cannot do what was asked: no memory, no such module, no such engine feature. */
export class EnvironmentError extends QbinError {
  override name = "EnvironmentError";
}

/** A call of the public interface with arguments it does not take. */
export class UsageError extends QbinError {
  override name = "UsageError";

  constructor(message: string) {
    super("usage", message);
  }
}
