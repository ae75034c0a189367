import { UsageError } from "../core/errors.js";
import type { Numerics } from "../core/model.js";
import type { CalibrateOptions, Calibration } from "./calibrate.js";
import { CALIBRATORS, type CalibratorName, calibratorOf } from "./calibrators/index.js";
import type { StaticSettings } from "./modes/static-int8.js";
import type { SampleSource } from "./samples.js";

/** What a node can become. */
export const MODES = [
  "static-int8",
  "power-of-two",
  "int16",
  "dynamic-range",
  "weight-only",
  "codebook",
  "float16",
  "float32",
] as const;

/**
 * `static-int8`: weights and activations in int8, scales from calibration. `power-of-two`: the same with one scale per
 * tensor, all of them powers of two and no zero points: shifts instead of multiplications, Caffe's dynamic fixed point.
 * `int16`: activations in int16, weights in int8, TFLite's 16x8; ranges are the calibration's smallest and largest values.
 * `dynamic-range`: weights in int8, activations quantized while the model runs. `weight-only`: weights stored in 8 or 4 bits.
 * `codebook`: weights stored as indices of 16 values. `float16`: weights stored in half the bytes. All three compute in float32.
 * The last four need no samples. `float32`: as it was.
 */
export type ModeName = (typeof MODES)[number];

/** The mode of some layers. */
export interface LayerMode {
  /** A pattern for names of nodes, or of the tensors they make: `*` is any text, `?` any one character. */
  readonly match: string;
  readonly mode: ModeName;
  /** For mode `weight-only`: 8 or 4 for these layers alone. Default: what `weightBits` of all layers says. */
  readonly weightBits?: 8 | 4;
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
  /** Bits of a weight, 2 to 8; in static modes stored in 8 all the same, in mode `weight-only` 8 or 4. Default 8. */
  readonly weightBits?: number;
  /** How many weights of a channel share a scale, in 4 bits of `weight-only` and in `codebook`. Default 32. */
  readonly group?: number;
  /**
   * `max`: the largest weight of a channel is exact. `mse`: the range with the least squared error. Default `max`; `mse` in
   * modes `power-of-two` and `weight-only`.
   */
  readonly weightClip?: "max" | "mse";
  /** Whether activations have a zero point. Default `asymmetric`; always `symmetric` in mode `power-of-two`. */
  readonly activations?: "asymmetric" | "symmetric";
  /**
   * Scales channels between two layers against each other, so that their weights have like ranges, before anything else: for
   * one scale per tensor, or few bits. Default false.
   */
  readonly equalize?: boolean;
  /**
   * Shifts biases by what rounding the weights did to the mean of each output channel. Default true where all channels of a layer
   * share a scale, because small ones are rounded coarsely there; else false.
   */
  readonly correctBias?: boolean;
  /**
   * `nearest`, or `adaptive`: up or down, whichever keeps the layer's outputs; worth its time at few bits. Default `nearest` in
   * static modes. Where weights are stored in 4 bits, errors cancel by default, without samples, and `nearest` turns that off.
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
  for (const { match, mode, weightBits } of options.layers ?? []) {
    oneOf(`the mode of layers "${match}"`, mode, MODES);
    if (weightBits === undefined) continue;
    if (mode !== "weight-only") throw new UsageError(`layers "${match}": weightBits of some layers is for weight-only`);
    if (weightBits !== 8 && weightBits !== 4)
      throw new UsageError(`layers "${match}": weightBits ${weightBits}: must be 8 or 4`);
  }
  oneOf("calibrator", options.calibrator, CALIBRATORS);
  oneOf("weights", options.weights, ["per-channel", "per-tensor"]);
  oneOf("weightClip", options.weightClip, ["max", "mse"]);
  oneOf("activations", options.activations, ["asymmetric", "symmetric"]);
  oneOf("rounding", options.rounding, ["nearest", "adaptive"]);
  oneOf("interface", options.interface, ["int8", "float32"]);
  oneOf("numerics", options.numerics, ["xnnpack", "tflite", "onnx"]);
  const { weightBits = 8, group = 32 } = options;
  if (!(Number.isInteger(group) && group >= 1 && group <= 65536)) {
    throw new UsageError(`group ${group}: must be a whole number from 1 to 65536`);
  }
  if (!(Number.isInteger(weightBits) && weightBits >= 2 && weightBits <= 8)) {
    throw new UsageError(`weightBits ${weightBits}: must be a whole number from 2 to 8`);
  }
  checkEffect(options);
}

/** Modes that an option says something about; it is refused where no layer has one of them. */
const CONCERNED: readonly (readonly [option: keyof QuantizeOptions, modes: readonly ModeName[]])[] = [
  ["calibrator", ["static-int8", "power-of-two"]],
  ["percentile", ["static-int8", "power-of-two"]],
  ["activations", ["static-int8", "power-of-two"]],
  ["correctBias", ["static-int8", "power-of-two"]],
  ["weights", ["static-int8", "power-of-two", "dynamic-range"]],
  ["weightBits", ["static-int8", "power-of-two", "weight-only"]],
  ["weightClip", ["static-int8", "power-of-two", "weight-only"]],
  ["group", ["weight-only", "codebook"]],
];

/** Throws UsageError for an option that would change nothing. */
function checkEffect(options: QuantizeOptions): void {
  const { mode = "static-int8", layers = [], rounding } = options;
  const used = [mode, ...layers.map((layer) => layer.mode)];
  const adaptive = rounding === "adaptive" ? [["rounding", ["static-int8", "power-of-two"]] as const] : [];
  for (const [option, modes] of [...CONCERNED, ...adaptive]) {
    // What is false asks for nothing.
    if (!options[option] || used.some((one) => modes.includes(one))) continue;
    throw new UsageError(
      `${option} ${String(options[option])}: changes nothing in mode ${mode}; it is for ${modes.join(", ")}`,
    );
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
    correctBias: options.correctBias ?? weights === "per-tensor",
    numerics: options.numerics ?? "xnnpack",
    interface: options.interface ?? "int8",
  };
}
