import { CalibrationError, QbinError, UsageError } from "../core/errors.js";
import type { Model } from "../index.js";

/** One input of a model, to calibrate or to evaluate with. */
export interface Sample {
  /**
   * Real values by input name; a model with one input also takes the values themselves. A `Uint8Array` for an input with
   * preprocessing is pixels, as in `predict`.
   */
  readonly inputs: ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;
  /** The right class, for metrics that ask for one. */
  readonly label?: number;
  /** Where it comes from, a file name for example; names the sample in errors. */
  readonly name?: string;
}

/** Samples in any number; each is looked at once and then forgotten. */
export type Samples = Iterable<Sample> | AsyncIterable<Sample>;

/** Samples, or what gives them anew each time: techniques that look at some of them again need the latter, or an array. */
export type SampleSource = Samples | (() => Samples);

/** Goes through a source as often as asked; one that can be gone through once only is refused the second time. */
export function openSource(source: SampleSource): () => Samples {
  if (typeof source === "function") return source;
  let isUsed = false;
  return () => {
    if (isUsed && isSpent(source)) {
      throw new UsageError("the samples are needed again; give them as an array, or as a function that returns them");
    }
    isUsed = true;
    return source;
  };
}

/** Whether an iterable is its own iterator, which ends for good. */
function isSpent(samples: Samples): boolean {
  const iterator = Symbol.asyncIterator in samples ? samples[Symbol.asyncIterator]() : samples[Symbol.iterator]();
  return (iterator as unknown) === samples;
}

/** The first `count` samples. */
export async function* firstOf(samples: Samples, count: number): AsyncGenerator<Sample> {
  let left = count;
  for await (const sample of samples) {
    yield sample;
    if (--left === 0) return;
  }
}

/** How far a run over samples is. */
export interface Progress {
  readonly done: number;
  /** Undefined where nobody knows. */
  readonly total: number | undefined;
  readonly milliseconds: number;
  /** Estimated from the speed so far. */
  readonly millisecondsLeft: number | undefined;
}

/** Hands on `samples` and reports after each. `skip` first ones are passed over: they were seen in an earlier run. */
export async function* follow(
  samples: Samples,
  options: {
    readonly skip?: number;
    readonly total?: number | undefined;
    readonly onProgress?: ((progress: Progress) => void) | undefined;
  },
): AsyncGenerator<{ readonly sample: Sample; readonly index: number }> {
  const { skip = 0, onProgress } = options;
  const total = options.total ?? (Array.isArray(samples) ? samples.length : undefined);
  const started = performance.now();
  let index = 0;
  for await (const sample of samples) {
    if (index >= skip) {
      yield { sample, index };
      const milliseconds = performance.now() - started;
      const left = total === undefined ? undefined : (milliseconds / (index + 1 - skip)) * (total - index - 1);
      onProgress?.({ done: index + 1, total, milliseconds, millisecondsLeft: left });
    }
    index++;
  }
}

/** `sample 12 "cat.jpg"`, counted from 1. */
export function nameSample({ name }: Sample, index: number): string {
  return name === undefined ? `sample ${index + 1}` : `sample ${index + 1} "${name}"`;
}

/** Runs `model` on `sample`; a sample that does not fit is named. */
export function runSample(model: Model, sample: Sample, index: number): Record<string, Float32Array> {
  try {
    return model.predict(sample.inputs);
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    throw new CalibrationError(`${nameSample(sample, index)}: ${error.message}`);
  }
}
