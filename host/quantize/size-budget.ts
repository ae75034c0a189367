import { CalibrationError, UsageError } from "../core/errors.js";
import type { ModelData } from "../core/model.js";
import { writeQbin } from "../format/write.js";
import type { LayerMode, ModeName, QuantizeOptions } from "./options.js";
import { type QuantizeResult, quantize } from "./quantize.js";
import { firstOf, openSource, type Sample, type SampleSource } from "./samples.js";
import { type Chosen, selectModes } from "./select-modes.js";
import { measurerOfLayers, weightLayers } from "./sensitivity.js";

/** A size, and how to quantize otherwise. */
export interface SizeBudgetOptions extends QuantizeOptions {
  /** Most bytes of the `.qbin`. */
  readonly maxBytes: number;
}

/** One step of a layer to fewer bits. */
export interface Reduction {
  readonly node: string;
  readonly mode: ModeName;
  readonly weightBits?: 8 | 4;
  /** In decibels, of the model's outputs when this layer alone is quantized, so. */
  readonly signalToNoise: number;
}

/** The quantization with the least expected noise that fits, and which layers gave way. */
export interface SizeBudgetResult extends QuantizeResult {
  /** In the order in which they were chosen. */
  readonly reductions: readonly Reduction[];
}

/** What a layer may become, one after the other, each smaller than the one before. */
const LADDERS: Readonly<Record<ModeName, readonly Chosen[]>> = (() => {
  const four: Chosen = { mode: "weight-only", weightBits: 4 };
  const eight: Chosen = { mode: "weight-only", weightBits: 8 };
  return {
    float32: [{ mode: "float16" }, eight, four],
    float16: [eight, four],
    "static-int8": [four],
    "power-of-two": [four],
    int16: [four],
    "dynamic-range": [four],
    "weight-only": [four],
    codebook: [],
  };
})();

/** Samples that noise is measured with. */
const MEASURED_SAMPLES = 32;

/** A layer on one rung of its ladder: bytes of all constants then, and the noise it alone makes, as a share of the signal. */
interface Measured extends Reduction {
  readonly bytes: number;
  readonly noise: number;
}

/**
 * Quantizes as asked, and if that is more than `maxBytes`, stores layers in fewer bits until it fits: always the layer that makes
 * least noise per byte saved, by measurements of each layer alone. Layers so stored compute in float32. Those named by
 * `layers` stay as they are.
 *
 * @throws CalibrationError when nothing fits, naming the smallest there is
 */
export async function quantizeToSize(graph: ModelData, options: SizeBudgetOptions): Promise<SizeBudgetResult> {
  const { maxBytes, samples, layers = [] } = options;
  if (!(maxBytes > 0)) throw new UsageError(`maxBytes ${maxBytes}: must be above 0`);
  if (samples === undefined) throw new UsageError("quantizeToSize: it needs samples to measure layers with");
  const source = openSource(samples);
  const quantizeWith = async (reductions: readonly Reduction[], calibration = options.calibration) => {
    const reduced = reductions.map(({ node, mode, weightBits }): LayerMode => {
      return { match: node, mode, ...(weightBits && { weightBits }) };
    });
    const all = { ...options, samples: source, ...(calibration && { calibration }), layers: [...layers, ...reduced] };
    const result = await quantize(graph, all);
    return { result: { ...result, reductions }, bytes: writeQbin(result.graph).length };
  };
  const plain = await quantizeWith([]);
  if (plain.bytes <= maxBytes) return plain.result;

  const { calibration } = plain.result;
  const known = { ...options, samples: source, ...(calibration && { calibration }) };
  const moves = orderMoves(await measureLadders(graph, known));
  let best = await quantizeWith(moves, calibration);
  if (best.bytes > maxBytes) {
    throw new CalibrationError(
      `nothing fits into ${maxBytes} bytes: the file has ${plain.bytes}, and ${best.bytes} with every layer as small as it can be`,
    );
  }
  // Each move makes the file smaller, so the fewest that fit are found by halving.
  for (let [tooFew, enough] = [0, moves.length]; enough - tooFew > 1; ) {
    const middle = (tooFew + enough) >> 1;
    const tried = await quantizeWith(moves.slice(0, middle), calibration);
    if (tried.bytes > maxBytes) tooFew = middle;
    else [enough, best] = [middle, tried];
  }
  return best.result;
}

/** For each layer with weights: what it is, then what it may become. */
async function measureLadders(graph: ModelData, options: QuantizeOptions): Promise<Measured[][]> {
  const { mode = "static-int8", layers = [], samples } = options;
  const some: Sample[] = [];
  for await (const sample of firstOf(openSource(samples as SampleSource)(), MEASURED_SAMPLES)) some.push(sample);
  const chosen = selectModes(graph, mode, layers);
  const { measure, done } = await measurerOfLayers(graph, options, some);
  const ladders: Measured[][] = [];
  for (const node of weightLayers(graph)) {
    if (layers.some((layer) => layer === chosen.get(node))) continue;
    const ladder: Measured[] = [];
    for (const rung of [{ mode }, ...LADDERS[mode]] as const) {
      const { graph: alone, signalToNoise, why } = await measure({ match: node.name, ...rung });
      if (why !== undefined) continue;
      const noise = 10 ** (-signalToNoise / 10);
      ladder.push({ node: node.name, ...rung, signalToNoise, noise, bytes: constantBytes(alone) });
    }
    ladders.push(ladder);
  }
  done();
  return ladders;
}

/** All moves down all ladders, each time the one with least noise per byte saved; moves that save nothing are left out. */
function orderMoves(ladders: readonly (readonly Measured[])[]): Reduction[] {
  const left = ladders.map((ladder) =>
    ladder.filter((rung, i) => i === 0 || rung.bytes < (ladder[i - 1] as Measured).bytes),
  );
  const moves: Reduction[] = [];
  for (;;) {
    const priceOf = ([from, to]: readonly Measured[]) => {
      if (!from || !to) return Number.POSITIVE_INFINITY;
      return Math.max(to.noise - from.noise, 0) / (from.bytes - to.bytes);
    };
    const cheapest = left.reduce((best, ladder) => (priceOf(ladder) < priceOf(best) ? ladder : best), []);
    const [, to] = cheapest;
    if (!to) return moves;
    const { node, mode, weightBits, signalToNoise } = to;
    moves.push({ node, mode, ...(weightBits && { weightBits }), signalToNoise });
    cheapest.shift();
  }
}

/** Bytes of constants, and of scales per channel. */
function constantBytes({ tensors }: ModelData): number {
  return tensors.reduce((sum, { data, quantization }) => {
    const scales = data && quantization && quantization.scale.length > 1 ? 4 * quantization.scale.length : 0;
    return sum + (data?.byteLength ?? 0) + scales;
  }, 0);
}
