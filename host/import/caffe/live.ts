import { QbinFormatError, UsageError } from "../../core/errors.js";
import { cleanName, quote } from "../common/text.js";
import type { FileInput, FileLayer } from "./file.js";

/** Layers in execution order, and the blobs that the model computes. */
export interface Live {
  readonly live: readonly FileLayer[];
  readonly outputs: readonly string[];
}

/**
 * The blobs that a network computes for its user are those that no layer reads, as in Caffe, or those with the given
 * names, as the last layer leaves them; and the layers they need. A name says which version of a blob is meant only
 * together with a place in the order: layers write in place.
 */
export function liveLayers(
  layers: readonly FileLayer[],
  inputs: readonly FileInput[],
  wanted: readonly string[] | undefined,
): Live {
  const outputs = wanted ?? unread(layers);
  if (outputs.length === 0)
    throw wanted ? new UsageError("the list of outputs is empty") : malformed("it has no outputs");
  const computed = new Set(layers.flatMap(({ tops }) => tops));
  const missing = outputs.find((name) => !computed.has(name));
  if (missing !== undefined) {
    throw new UsageError(`no layer computes ${quote(cleanName(missing))}, so it cannot be an output`);
  }
  const given = new Set(inputs.map(({ name }) => name));
  const needed = new Set(outputs);
  const live: FileLayer[] = [];
  // Backwards: a layer is needed if what it writes is read later and not written anew in between.
  for (const layer of layers.toReversed()) {
    if (!layer.tops.some((name) => needed.has(name))) continue;
    live.push(layer);
    for (const name of layer.tops) needed.delete(name);
    for (const name of layer.bottoms) needed.add(name);
  }
  const lost = [...needed].find((name) => !given.has(name));
  if (lost !== undefined) throw malformed(`a layer reads ${quote(cleanName(lost))} before any other computes it`);
  return { live: live.reverse(), outputs };
}

/** What is written and not read afterwards, in the order of writing. A Silence layer reads what nobody is to see. */
function unread(layers: readonly FileLayer[]): string[] {
  const open = new Set<string>();
  for (const { bottoms, tops } of layers) {
    for (const name of bottoms) open.delete(name);
    for (const name of tops) open.add(name);
  }
  return [...open];
}

/** The layers of whose results nothing is read but by one ReLU without a slope. */
export function rectifiedLayers({ live, outputs }: Live): ReadonlySet<FileLayer> {
  const reads = new Map(outputs.map((name) => [name, { count: 1, isRelu: false }]));
  const found = new Set<FileLayer>();
  for (const layer of live.toReversed()) {
    const { type, bottoms, tops, message } = layer;
    const [read] = tops.map((name) => reads.get(name));
    if (tops.length === 1 && read?.count === 1 && read.isRelu) found.add(layer);
    for (const name of tops) reads.delete(name);
    const isRelu = type === "ReLU" && (message.reluParam.negativeSlope ?? 0) === 0;
    for (const name of bottoms) reads.set(name, { count: (reads.get(name)?.count ?? 0) + 1, isRelu });
  }
  return found;
}

function malformed(message: string): QbinFormatError {
  return new QbinFormatError("caffe-malformed", message);
}
