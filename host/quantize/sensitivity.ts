import type { ModelData, Node } from "../core/model.js";
import { writeQbin } from "../format/write.js";
import { evaluate } from "./evaluate.js";
import type { LayerMode, QuantizeOptions } from "./options.js";
import { quantize } from "./quantize.js";
import { ruleOf } from "./rules.js";
import type { Sample } from "./samples.js";
import { equalize } from "./techniques/equalize.js";

/** How much quantizing one layer alone changes the model's outputs. */
export interface Sensitivity {
  readonly node: string;
  /** In decibels, against the float model; infinite where nothing changes. */
  readonly signalToNoise: number;
}

/** What one layer alone does to the outputs, and the graph that showed it. */
export interface Alone {
  readonly graph: ModelData;
  readonly signalToNoise: number;
  /** Why the layer is not as asked. */
  readonly why: string | undefined;
}

/** Layers that have weights of their own to quantize. */
export function weightLayers(graph: ModelData): readonly Node[] {
  return graph.nodes.filter((node) => {
    const rule = ruleOf(node);
    return rule.runs === "int8" && rule.weights === true;
  });
}

/**
 * Quantizes one layer at a time as told, all others staying float32, and measures what that does to the model's outputs. Each costs two
 * runs of the model per sample. `done` releases the float model.
 */
export async function measurerOfLayers(given: ModelData, options: QuantizeOptions, samples: readonly Sample[]) {
  // What equalization does to the float model is no layer's doing.
  const graph = options.equalize ? equalize(given).graph : given;
  const { load } = await import("../index.js");
  const { module } = options;
  const open = (model: ModelData) => load(writeQbin(model), { ...(module && { module }) });
  const reference = await open(graph);
  const measure = async (layer: LayerMode): Promise<Alone> => {
    const layers: readonly LayerMode[] = [{ match: "*", mode: "float32" }, layer];
    const { graph: alone, report } = await quantize(graph, { ...options, equalize: false, layers });
    const model = await open(alone);
    const { signalToNoise = Number.POSITIVE_INFINITY } = await evaluate(model, samples, { reference });
    model.dispose();
    return { graph: alone, signalToNoise, why: report.nodes.find(({ why }) => why !== undefined)?.why };
  };
  return { measure, done: () => reference.dispose() };
}

/**
 * How much each layer that has weights suffers when it alone is quantized as `options` say: the most sensitive layer first.
 *
 * @param samples to measure with; a few dozen
 */
export async function measureSensitivity(
  graph: ModelData,
  options: QuantizeOptions,
  samples: readonly Sample[],
): Promise<Sensitivity[]> {
  const { mode = "static-int8" } = options;
  const { measure, done } = await measurerOfLayers(graph, options, samples);
  const found: Sensitivity[] = [];
  for (const { name } of weightLayers(graph)) {
    const { signalToNoise } = await measure({ match: name, mode });
    found.push({ node: name, signalToNoise });
  }
  done();
  return found.sort((a, b) => a.signalToNoise - b.signalToNoise);
}
