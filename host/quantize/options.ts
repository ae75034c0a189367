import { UsageError } from "../core/errors.js";
import type { Numerics } from "../core/model.js";
import type { CalibrateOptions, Calibration } from "./calibrate.js";
import { CALIBRATORS, type CalibratorName, calibratorOf } from "./calibrators/index.js";
import type { StaticSettings } from "./modes/static-int8.js";
import type { SampleSource } from "./samples.js";

/** What a node can become. */
export const MODES = ["static-int8", "power-of-two", "float32"] as const;

/**
 * `static-int8`: weights and activations in int8, scales from calibration. `power-of-two`: the same with one scale per
 * tensor, all of them powers of two and no zero points: shifts instead of multiplications, Caffe's dynamic fixed point.
 * `float32`: as it was.
 */
export type ModeName = (typeof MODES)[number];

/** The mode of some layers. */
export interface LayerMode {
  /** A pattern for names of nodes, or of the tensors they make: `*` is any text, `?` any one character. */
  readonly match: string;
  readonly mode: ModeName;
}

/** How `quantize` goes about it; everything has a default but the samples. */
export interface QuantizeOptions extends CalibrateOptions {
  /** Default `static-int8`. */
  readonly mode?: ModeName;
  /** Exceptions from `mode`; where several match, the last one counts. A pattern that matches nothing is an error. */
  readonly layers?: readonly LayerMode[];
  /** Inputs like those in use. Not needed where `calibration` is given, but for adaptive rounding. */
  readonly samples?: SampleSource;
  /** What `calibrate` found before. */
  readonly calibration?: Calibration;
  /** Default `min-max`; `mse` in mode `power-of-two`, whose scales are up to twice as large as they need to be. */
  readonly calibrator?: CalibratorName;
  /** Per cent of the values that must not saturate, for calibrator `percentile`. Default 99.99. */
  readonly percentile?: number;
  /** Whether weights have a scale per output channel. Default `per-channel`; `per-tensor` in mode `power-of-two`. */
  readonly weights?: "per-channel" | "per-tensor";
  /** Bits of a weight, 2 to 8; stored in 8 all the same. Default 8. */
  readonly weightBits?: number;
  /**
   * `max`: the largest weight of a channel is exact. `mse`: the range with the least squared error. Default `max`; `mse` in
   * mode `power-of-two`.
   */
  readonly weightClip?: "max" | "mse";
  /** Whether activations have a zero point. Default `asymmetric`; always `symmetric` in mode `power-of-two`. */
  readonly activations?: "asymmetric" | "symmetric";
  /**
   * Scales channels between two layers against each other, so that their weights have like ranges, before anything else: for
   * one scale per tensor, or few bits. Default false.
   */
  readonly equalize?: boolean;
  /** Shifts biases by what rounding the weights did to the mean of each output channel. Default false. */
  readonly correctBias?: boolean;
  /**
   * `nearest`, or `adaptive`: up or down, whichever keeps the layer's outputs; worth its time at few bits. Default `nearest`.
   */
  readonly rounding?: "nearest" | "adaptive";
  /** Type of the model's own inputs and outputs. Default `int8`; the runtime quantizes real values on the way in. */
  readonly interface?: "int8" | "float32";
  /** Whose arithmetic the int8 nodes use, where their op has it. Default `xnnpack`. */
  readonly numerics?: Numerics;
}

/** Throws UsageError for the first option that has no such value. */
export function checkOptions(options: QuantizeOptions): void {
  oneOf("mode", options.mode, MODES);
  for (const { match, mode } of options.layers ?? []) oneOf(`the mode of layers "${match}"`, mode, MODES);
  oneOf("calibrator", options.calibrator, CALIBRATORS);
  oneOf("weights", options.weights, ["per-channel", "per-tensor"]);
  oneOf("weightClip", options.weightClip, ["max", "mse"]);
  oneOf("activations", options.activations, ["asymmetric", "symmetric"]);
  oneOf("rounding", options.rounding, ["nearest", "adaptive"]);
  oneOf("interface", options.interface, ["int8", "float32"]);
  oneOf("numerics", options.numerics, ["xnnpack", "tflite", "onnx"]);
  const { weightBits = 8 } = options;
  if (!(Number.isInteger(weightBits) && weightBits >= 2 && weightBits <= 8)) {
    throw new UsageError(`weightBits ${weightBits}: must be a whole number from 2 to 8`);
  }
}

function oneOf(what: string, value: string | undefined, values: readonly string[]): void {
  if (value === undefined || values.includes(value)) return;
  throw new UsageError(`${what} "${value}": must be one of ${values.join(", ")}`);
}

/** Settings of static int8, for one of its two modes. */
export function staticSettings(options: QuantizeOptions, mode: "static-int8" | "power-of-two"): StaticSettings {
  const powerOfTwo = mode === "power-of-two";
  const weights = options.weights ?? (powerOfTwo ? "per-tensor" : "per-channel");
  return {
    calibrator: calibratorOf(options.calibrator ?? (powerOfTwo ? "mse" : "min-max"), options.percentile),
    activations: { symmetric: options.activations === "symmetric", powerOfTwo },
    weights: {
      perChannel: weights === "per-channel",
      powerOfTwo,
      bits: options.weightBits ?? 8,
      clip: options.weightClip ?? (powerOfTwo ? "mse" : "max"),
    },
    correctBias: options.correctBias ?? false,
    numerics: options.numerics ?? "xnnpack",
    interface: options.interface ?? "int8",
  };
}
