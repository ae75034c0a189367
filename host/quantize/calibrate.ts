import { CalibrationError, UsageError } from "../core/errors.js";
import type { ModelData, Tensor } from "../core/model.js";
import { DIGEST_OFFSET, LENGTHS_OFFSET } from "../format/layout.js";
import { writeQbin } from "../format/write.js";
import type { ModuleName } from "../index.js";
import { emptyObservation, type Observation, observe } from "./observation.js";
import { follow, nameSample, type Progress, runSample, type Samples } from "./samples.js";

/** What the calibration samples showed, tensor by tensor. Its size does not depend on how many they were. */
export interface Calibration {
  /** SHA-256 of the float model as a `.qbin`: ranges of one model mean nothing for another. */
  readonly model: string;
  readonly samples: number;
  /** By tensor name: every float32 tensor that is not constant. */
  readonly tensors: ReadonlyMap<string, Observation>;
}

export interface CalibrateOptions {
  /** Goes on from here: the first samples, those already in it, are passed over. */
  readonly resume?: Calibration;
  /** Fewest samples that make a calibration. Default 10. */
  readonly minSamples?: number;
  /** Weight of a new sample in moving averages, above 0 and at most 1. Default 0.01. */
  readonly momentum?: number;
  /** How many samples there are, where `samples` cannot tell: for the time left. */
  readonly total?: number;
  readonly onProgress?: (progress: Progress, calibration: Calibration) => void;
  readonly module?: ModuleName;
  /** Most bytes of linear memory for the float model with all its activations. */
  readonly maxMemory?: number;
}

const DEFAULT_MIN_SAMPLES = 10;
/** What PyTorch's moving average observer takes. */
const DEFAULT_MOMENTUM = 0.01;

/**
 * Runs the float model `graph` on `samples`, on the runtime's float kernels, and records the values of every activation.
 * Memory does not grow with the number of samples.
 *
 * @throws CalibrationError for too few samples, a sample that does not fit, a value that is not finite
 */
export async function calibrate(
  graph: ModelData,
  samples: Samples,
  options: CalibrateOptions = {},
): Promise<Calibration> {
  const { resume, minSamples = DEFAULT_MIN_SAMPLES, momentum = DEFAULT_MOMENTUM, total, onProgress } = options;
  if (!(momentum > 0 && momentum <= 1)) throw new UsageError(`momentum ${momentum}: must be above 0 and at most 1`);
  const bytes = anonymous(graph);
  const digest = digestOf(bytes);
  if (resume && resume.model !== digest) {
    throw new CalibrationError("the calibration to resume is of another model; start a new one");
  }
  const tensors = new Map(
    activations(graph).map(({ name, shape }) => {
      return [name, resume?.tensors.get(name) ?? emptyObservation(shape.at(-1) ?? 1)];
    }),
  );
  const { load } = await import("../index.js");
  const { module, maxMemory } = options;
  const model = await load(bytes, { keepAll: true, ...(module && { module }), ...(maxMemory && { maxMemory }) });
  let count = resume?.samples ?? 0;
  const report = (progress: Progress) => onProgress?.(progress, { model: digest, samples: count, tensors });
  for await (const { sample, index } of follow(samples, { skip: count, total, onProgress: report })) {
    runSample(model, sample, index);
    for (const [name, observation] of tensors) {
      const wrong = observe(observation, model.tensor(name).data as Float32Array, momentum);
      if (wrong !== undefined) {
        throw new CalibrationError(
          `${nameSample(sample, index)}: tensor "${name}" has the value ${wrong}; every value must be finite. Check the sample and its preprocessing`,
        );
      }
    }
    count++;
  }
  model.dispose();
  if (count < minSamples) {
    throw new CalibrationError(
      `calibration had ${count} samples, at least ${minSamples} are needed; give more, or ask for fewer if that is meant`,
    );
  }
  return { model: digest, samples: count, tensors };
}

/** Float tensors that depend on the input. */
function activations({ tensors, inputs, nodes }: ModelData): Tensor[] {
  const computed = new Set([...inputs, ...nodes.flatMap(({ outputs }) => outputs)]);
  return tensors.filter((tensor, i) => computed.has(i) && tensor.dtype === "float32");
}

/** What tells float models apart: a SHA-256 in hexadecimal. Names and labels do not count. */
export function modelDigest(graph: ModelData): string {
  return digestOf(anonymous(graph));
}

function anonymous(graph: ModelData): Uint8Array {
  return writeQbin({ ...graph, name: "", description: "", labels: [] });
}

/** The SHA-256 that every `.qbin` carries. */
function digestOf(bytes: Uint8Array): string {
  return [...bytes.subarray(DIGEST_OFFSET, LENGTHS_OFFSET)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
