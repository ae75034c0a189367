import type { ModelData } from "../core/model.js";
import { writeQbin } from "../format/write.js";
import { evaluate } from "./evaluate.js";
import type { QuantizeOptions } from "./options.js";
import { quantize } from "./quantize.js";
import { ruleOf } from "./rules.js";
import type { Sample } from "./samples.js";

/** How much quantizing one layer alone changes the model's outputs. */
export interface Sensitivity {
  readonly node: string;
  /** In decibels, against the float model; infinite where nothing changes. */
  readonly signalToNoise: number;
}

/**
 * Quantizes each layer that has weights alone, as `options` say, and measures what that does to the outputs: the most sensitive
 * layer first. Costs two runs of the model per layer and sample.
 *
 * @param samples to measure with; a few dozen
 */
export async function measureSensitivity(
  graph: ModelData,
  options: QuantizeOptions,
  samples: readonly Sample[],
): Promise<Sensitivity[]> {
  const { load } = await import("../index.js");
  const { module } = options;
  const open = (model: ModelData) => load(writeQbin(model), { ...(module && { module }) });
  const reference = await open(graph);
  const { mode = "static-int8" } = options;
  const found: Sensitivity[] = [];
  for (const node of graph.nodes) {
    const rule = ruleOf(node);
    if (rule.runs !== "int8" || !rule.weights) continue;
    const layers = [
      { match: "*", mode: "float32" },
      { match: node.name, mode },
    ] as const;
    const { graph: alone } = await quantize(graph, { ...options, layers });
    const model = await open(alone);
    const { signalToNoise = Number.POSITIVE_INFINITY } = await evaluate(model, samples, { reference });
    model.dispose();
    found.push({ node: node.name, signalToNoise });
  }
  reference.dispose();
  return found.sort((a, b) => a.signalToNoise - b.signalToNoise);
}
