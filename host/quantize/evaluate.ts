import { CalibrationError, UsageError } from "../core/errors.js";
import type { Model } from "../index.js";
import { follow, nameSample, type Progress, runSample, type Samples } from "./samples.js";

/** How `evaluate` goes about it. */
export interface EvaluateOptions {
  /** The float model, for what a quantized one has lost: agreement and mean squared error. */
  readonly reference?: Model;
  /** How many classes may be named for `topK`. Default 5. */
  readonly k?: number;
  readonly total?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** What `evaluate` measured. Shares are from 0 to 1. */
export interface Evaluation {
  readonly samples: number;
  /** Share of samples whose largest score is their label; where every sample has one. */
  readonly top1?: number;
  /** Share of samples whose label is among the `k` largest scores. */
  readonly topK?: number;
  readonly k: number;
  /** Share of samples in which model and reference have the same largest score. */
  readonly agreement?: number;
  /** Mean over samples and outputs of (y − y_reference)². */
  readonly meanSquaredError?: number;
  /** 10 log10(Σ y_reference² / Σ (y − y_reference)²), in decibels; infinite where they are equal. */
  readonly signalToNoise?: number;
}

/**
 * Runs `model` on samples and compares its first output with their labels, and all its outputs with those of `reference`.
 *
 * @throws UsageError when samples can be compared with nothing, CalibrationError for a sample that does not fit
 */
export async function evaluate(model: Model, samples: Samples, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { reference, k = 5, total, onProgress } = options;
  if (!(Number.isInteger(k) && k >= 1)) throw new UsageError(`k ${k}: must be a whole number from 1 on`);
  const sums = { samples: 0, labeled: 0, top1: 0, topK: 0, agreed: 0, error: 0, signal: 0, values: 0 };
  for await (const { sample, index } of follow(samples, { total, onProgress })) {
    const outputs = Object.values(runSample(model, sample, index));
    const scores = outputs[0] as Float32Array;
    sums.samples++;
    if (sample.label !== undefined) {
      const { label } = sample;
      if (!(Number.isInteger(label) && label >= 0 && label < scores.length)) {
        throw new CalibrationError(
          `${nameSample(sample, index)}: label ${label} is no class of the ${scores.length} the model has`,
        );
      }
      const rank = rankOf(scores, label);
      sums.labeled++;
      if (rank === 0) sums.top1++;
      if (rank < k) sums.topK++;
    }
    if (reference) compare(outputs, Object.values(runSample(reference, sample, index)), sums);
  }
  if (sums.samples === 0) throw new UsageError("evaluate: there are no samples");
  if (!reference && sums.labeled < sums.samples) {
    throw new UsageError(
      `evaluate: ${sums.samples - sums.labeled} of ${sums.samples} samples have no label; give labels, or a reference model to compare with`,
    );
  }
  const isLabeled = sums.labeled === sums.samples;
  return {
    samples: sums.samples,
    k,
    ...(isLabeled && { top1: sums.top1 / sums.samples, topK: sums.topK / sums.samples }),
    ...(reference && {
      agreement: sums.agreed / sums.samples,
      meanSquaredError: sums.error / sums.values,
      signalToNoise: 10 * Math.log10(sums.signal / sums.error),
    }),
  };
}

/** How many scores are larger than the one of `label`; of equal ones the first counts as the larger. */
function rankOf(scores: Float32Array, label: number): number {
  const own = scores[label] as number;
  return scores.reduce((rank, score, i) => rank + (score > own || (score === own && i < label) ? 1 : 0), 0);
}

function compare(
  outputs: readonly Float32Array[],
  expected: readonly Float32Array[],
  sums: { agreed: number; error: number; signal: number; values: number },
): void {
  if (outputs.length !== expected.length || outputs.some((output, i) => output.length !== expected[i]?.length)) {
    throw new UsageError(
      "evaluate: the reference has other outputs than the model; it must be the model it was made from",
    );
  }
  if (rankOf(outputs[0] as Float32Array, largest(expected[0] as Float32Array)) === 0) sums.agreed++;
  outputs.forEach((output, o) => {
    const reference = expected[o] as Float32Array;
    for (let i = 0; i < output.length; i++) {
      const value = reference[i] as number;
      sums.error += ((output[i] as number) - value) ** 2;
      sums.signal += value ** 2;
    }
    sums.values += output.length;
  });
}

function largest(scores: Float32Array): number {
  return scores.reduce((best, score, i) => (score > (scores[best] as number) ? i : best), 0);
}
