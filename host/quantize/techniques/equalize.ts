import type { ModelData, Node, Tensor } from "../../core/model.js";
import { findOp } from "../../ops/index.js";
import { ruleOf } from "../rules.js";
import { channelsAlong, floatsOf } from "../weights.js";
import { inputChannelOf } from "./correct-bias.js";

/** Rounds over all pairs: a change in one moves its neighbours. */
const ROUNDS = 40;
/** Channels are scaled by no more than this, so that nothing leaves float32. */
const MOST = 2 ** 16;

/** Activations that let channels be scaled: f(s · x) = s · f(x) for s > 0. relu6 does where nothing reaches 6. */
const HOMOGENEOUS: readonly unknown[] = ["none", "relu", "relu6"];

/** Two layers with nothing between them but an activation of those. */
interface Pair {
  readonly first: Node;
  readonly second: Node;
}

/** What was equalized, for the report. */
export interface Equalized {
  readonly graph: ModelData;
  /** Names of the first layers of the pairs. */
  readonly layers: readonly string[];
  /** Those of them whose relu6 became relu, which changes what the model computes wherever more than 6 comes. */
  readonly unclipped: readonly string[];
}

/**
 * Cross-layer equalization: scales each channel between two layers so that its largest weight is the same in both,
 *
 *     w1[c] ← w1[c] / s,  b1[c] ← b1[c] / s,  w2[·, c] ← w2[·, c] · s,  s = √(r1 r2) / r2,      (Q9)
 *
 * r1 and r2 being those largest weights. The function stays what it was but for rounding, and one scale for all channels then
 * wastes less. Nagel et al., "Data-free quantization through weight equalization and bias correction" (2019).
 *
 * Only pairs whose first layer has no activation, relu or relu6, and no other reader. relu6 does not scale; it becomes relu, as
 * in that paper, and `unclipped` names where.
 */
export function equalize(graph: ModelData): Equalized {
  const pairs = findPairs(graph);
  const changed = new Map<number, Float32Array>();
  const values = (index: number) => {
    const known = changed.get(index) ?? floatsOf(graph.tensors[index] as Tensor).slice();
    changed.set(index, known);
    return known;
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const pair of pairs) equalizePair(graph, pair, values);
  }
  const tensors = graph.tensors.map((tensor, i): Tensor => {
    const data = changed.get(i);
    return data ? { ...tensor, data: new Uint8Array(data.buffer) } : tensor;
  });
  const clipped = new Set(pairs.flatMap(({ first }) => (first.attributes["activation"] === "relu6" ? [first] : [])));
  const nodes = graph.nodes.map((node): Node => {
    return clipped.has(node) ? { ...node, attributes: { ...node.attributes, activation: "relu" } } : node;
  });
  return {
    graph: { ...graph, tensors, nodes },
    layers: pairs.map(({ first }) => first.name),
    unclipped: [...clipped].map(({ name }) => name),
  };
}

function findPairs(graph: ModelData): Pair[] {
  const readers = (tensor: number) => graph.nodes.filter(({ inputs }) => inputs.includes(tensor));
  return graph.nodes.flatMap((first): Pair[] => {
    const output = first.outputs[0] as number;
    const [second, other] = readers(output);
    if (!isLayer(graph, first) || !second || other || !isLayer(graph, second)) return [];
    const isAlone = second.inputs[0] === output && !graph.outputs.includes(output) && second !== first;
    return isAlone && HOMOGENEOUS.includes(first.attributes["activation"]) ? [{ first, second }] : [];
  });
}

/** Whether a node has float weights that are its own. */
function isLayer(graph: ModelData, node: Node): boolean {
  const rule = ruleOf(node);
  if (rule.runs !== "int8" || !rule.weights || findOp(node.op)?.channelAxis === undefined) return false;
  const constants = node.inputs.slice(1).filter((index) => index >= 0);
  const isOwn = (index: number) => graph.nodes.filter(({ inputs }) => inputs.includes(index)).length === 1;
  return constants.every(
    (index) => graph.tensors[index]?.dtype === "float32" && graph.tensors[index]?.data && isOwn(index),
  );
}

function equalizePair(graph: ModelData, { first, second }: Pair, values: (index: number) => Float32Array): void {
  const [w1, w2] = [first, second].map(({ inputs }) => inputs[1] as number) as [number, number];
  const [shape1, shape2] = [graph.tensors[w1]?.shape, graph.tensors[w2]?.shape] as [
    readonly number[],
    readonly number[],
  ];
  const { channels, channelOf } = channelsAlong(shape1, findOp(first.op)?.channelAxis as number);
  const inputOf = inputChannelOf(shape2, findOp(second.op)?.channelAxis as number, channels);
  const [r1, r2] = [largest(values(w1), channelOf, channels), largest(values(w2), inputOf, channels)];
  const scale = Float64Array.from(r1, (one, c) => {
    const two = r2[c] as number;
    if (one === 0 || two === 0) return 1;
    return Math.min(Math.max(Math.sqrt(one / two), 1 / MOST), MOST);
  });
  multiply(values(w1), (i) => 1 / (scale[channelOf(i)] as number));
  multiply(values(w2), (i) => scale[inputOf(i)] as number);
  const bias = first.inputs[2] ?? -1;
  if (bias >= 0) multiply(values(bias), (c) => 1 / (scale[c] as number));
}

function largest(values: Float32Array, slot: (element: number) => number, slots: number): Float64Array {
  const most = new Float64Array(slots);
  for (let i = 0; i < values.length; i++) {
    const c = slot(i);
    most[c] = Math.max(most[c] as number, Math.abs(values[i] as number));
  }
  return most;
}

function multiply(values: Float32Array, factor: (element: number) => number): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * factor(i);
}
