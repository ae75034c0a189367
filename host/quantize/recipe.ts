import { CalibrationError, UsageError } from "../core/errors.js";
import type { ModelData } from "../core/model.js";
import { writeQbin } from "../format/write.js";
import type { Model } from "../index.js";
import { type Calibration, calibrate } from "./calibrate.js";
import { type Evaluation, evaluate } from "./evaluate.js";
import type { QuantizeOptions } from "./options.js";
import { type QuantizeResult, quantize } from "./quantize.js";
import { openSource, type Sample, type SampleSource } from "./samples.js";
import { measureSensitivity } from "./sensitivity.js";
import { equalize } from "./techniques/equalize.js";

/** What a recipe may cost, and how that is measured. */
export interface RecipeOptions extends QuantizeOptions {
  /** Samples to measure with, other than those to calibrate with. */
  readonly validation: SampleSource;
  /**
   * Most that may be lost, as a share: of right answers where all samples have labels, else of answers that agree with the
   * float model. 0.005 is half a point.
   */
  readonly maxLoss: number;
  /** Told about every attempt as it is measured. */
  readonly onAttempt?: (attempt: Attempt) => void;
}

/** One way to quantize, and what it loses. */
export interface Attempt {
  readonly what: string;
  readonly loss: number;
  readonly milliseconds: number;
}

/** The cheapest quantization within the budget, and what was tried on the way. */
export interface RecipeResult extends QuantizeResult {
  readonly attempts: readonly Attempt[];
  /** Accuracy of the float model on the samples with labels. */
  readonly floatTop1: number | undefined;
}

type Techniques = Partial<Pick<QuantizeOptions, "calibrator" | "weightClip" | "correctBias" | "equalize" | "rounding">>;

/** In order of cost. Each is tried as a whole; what a later one lists replaces, not adds to, what was before. */
const TECHNIQUES: readonly (readonly [what: string, techniques: Techniques])[] = [
  ["min-max", { calibrator: "min-max" }],
  ["percentile", { calibrator: "percentile" }],
  ["entropy", { calibrator: "entropy" }],
  ["mse", { calibrator: "mse" }],
  ["mse, weights clipped, bias corrected", { calibrator: "mse", weightClip: "mse", correctBias: true }],
  ["equalized, mse, bias corrected", { calibrator: "mse", correctBias: true, equalize: true }],
  ["mse, weights rounded adaptively, bias corrected", { calibrator: "mse", correctBias: true, rounding: "adaptive" }],
  [
    "equalized, mse, weights rounded adaptively, bias corrected",
    { calibrator: "mse", correctBias: true, equalize: true, rounding: "adaptive" },
  ],
  [
    "mse, weights clipped and rounded adaptively, bias corrected",
    { calibrator: "mse", weightClip: "mse", correctBias: true, rounding: "adaptive" },
  ],
];

/** Samples that sensitivity is measured with. */
const SENSITIVITY_SAMPLES = 32;

/**
 * Quantizes with more and more effort until no more than `maxLoss` is lost on `validation`: first by other ranges, which cost
 * nothing at run time; then with ever more layers in float32, the most sensitive first.
 *
 * @throws CalibrationError when not even that holds the budget, naming the best attempt
 */
export async function quantizeToBudget(graph: ModelData, options: RecipeOptions): Promise<RecipeResult> {
  const { maxLoss, onAttempt, module, samples } = options;
  if (!(maxLoss >= 0 && maxLoss < 1)) throw new UsageError(`maxLoss ${maxLoss}: must be a share from 0, below 1`);
  const { mode = "static-int8" } = options;
  if (mode !== "static-int8" && mode !== "power-of-two") {
    throw new UsageError(`quantizeToBudget: what it tries is for static-int8 and power-of-two, not for ${mode}`);
  }
  if (samples === undefined) throw new UsageError("quantizeToBudget: it needs samples to calibrate with");
  const calibration = openSource(samples);
  const validation = openSource(options.validation);
  const { load } = await import("../index.js");
  const open = (model: ModelData): Promise<Model> => load(writeQbin(model), { ...(module && { module }) });
  const reference = await open(graph);
  const float = await evaluate(reference, validation(), { reference });
  const attempts: (Attempt & { readonly result: QuantizeResult; readonly techniques: QuantizeOptions })[] = [];

  const attempt = async (what: string, techniques: QuantizeOptions): Promise<boolean> => {
    const started = performance.now();
    const result = await quantize(graph, { ...options, samples: calibration, ...techniques });
    const model = await open(result.graph);
    const loss = lossOf(float, await evaluate(model, validation(), { reference }));
    model.dispose();
    const done = { what, loss, milliseconds: performance.now() - started };
    attempts.push({ ...done, result, techniques });
    onAttempt?.(done);
    return loss <= maxLoss;
  };
  const finish = (): RecipeResult => {
    const last = attempts.at(-1) as (typeof attempts)[number];
    reference.dispose();
    return {
      ...last.result,
      attempts: attempts.map(({ what, loss, milliseconds }) => ({ what, loss, milliseconds })),
      floatTop1: float.top1,
    };
  };

  const plain = await calibrate(graph, calibration(), options);
  const equalized = equalize(graph);
  let second: Calibration | undefined;
  for (const [what, techniques] of TECHNIQUES) {
    // Nothing to equalize: it would be the same again.
    if (techniques.equalize && equalized.layers.length === 0) continue;
    if (techniques.equalize) second ??= await calibrate(equalized.graph, calibration(), options);
    const known = techniques.equalize ? second : plain;
    if (await attempt(what, { ...techniques, ...(known && { calibration: known }) })) return finish();
  }

  const best = attempts.reduce((a, b) => (b.loss < a.loss ? b : a));
  const measured: Sample[] = [];
  for await (const sample of calibration()) if (measured.push(sample) === SENSITIVITY_SAMPLES) break;
  const order = await measureSensitivity(graph, { ...options, ...best.techniques, samples: calibration }, measured);
  for (const count of doubling(order.length - 1)) {
    const layers = order.slice(0, count).map(({ node }) => ({ match: node, mode: "float32" as const }));
    const what = `${best.what}; ${count} of ${order.length} layers in float32: ${layers.map(({ match }) => match).join(", ")}`;
    const techniques = { ...best.techniques, layers: [...(options.layers ?? []), ...layers] };
    if (await attempt(what, techniques)) return finish();
  }
  reference.dispose();
  const closest = attempts.reduce((a, b) => (b.loss < a.loss ? b : a));
  throw new CalibrationError(
    `nothing that was tried loses at most ${percent(maxLoss)}; closest was "${closest.what}" with ${percent(closest.loss)}. Allow more, or give more samples`,
  );
}

/** 1, 2, 4, …, and `most` at the end. */
function doubling(most: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return most > 0 ? [...counts, most] : [];
}

/** Right answers lost, or answers that do not agree where there are no labels. */
function lossOf(float: Evaluation, quantized: Evaluation): number {
  if (float.top1 !== undefined && quantized.top1 !== undefined) return float.top1 - quantized.top1;
  return 1 - (quantized.agreement ?? 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} points`;
}
