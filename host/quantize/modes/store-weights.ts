import { elementsOf } from "../../core/dtype.js";
import type { ModelData, Node, Tensor } from "../../core/model.js";
import { elementCount } from "../../core/shape.js";
import { findOp } from "../../ops/index.js";
import type { ModeResult, NodeLeft } from "./mode.js";

/** Weights by output channel, each channel's values in the tensor's order. */
export interface ChannelWeights {
  readonly values: Float32Array;
  readonly axis: number;
  readonly channels: number;
  /** Values of one channel. */
  readonly depth: number;
  /** Values `i` and `i + period` of a channel are weights of the same input channel. */
  readonly period: number;
  channel(c: number): Float32Array;
  /** Position in the tensor of value `i` of a channel. */
  position(channel: number, i: number): number;
}

/** Weights stored some other way: what a tensor's dtype, data and quantization become. */
export type StoredWeights = Pick<Tensor, "dtype" | "data" | "quantization">;

/** Stores weights, or says in a few words why that cannot be done. */
export type Store = (weights: ChannelWeights) => StoredWeights | string;

/**
 * Stores the weights of the nodes named `wanted` by `store`; what they compute with stays float32. Weights that other nodes
 * read as well are stored twice.
 */
export function storeWeights(graph: ModelData, wanted: ReadonlySet<string>, store: Store): ModeResult {
  const left: NodeLeft[] = [];
  const tensors = [...graph.tensors];
  const stored = new Map<number, number | string>();
  const isRead = (index: number) => graph.nodes.some((node) => !wanted.has(node.name) && node.inputs.includes(index));
  const nodes = graph.nodes.map((node): Node => {
    if (!wanted.has(node.name)) return node;
    const obstacle = obstacleOf(graph, node);
    const index = node.inputs[1] as number;
    if (obstacle === undefined && !stored.has(index)) {
      const tensor = graph.tensors[index] as Tensor;
      const made = store(channelWeights(tensor, findOp(node.op)?.channelAxis as number));
      if (typeof made === "string") stored.set(index, made);
      else if (isRead(index)) {
        const name = uniqueName(tensors, `${tensor.name}/${made.dtype}`);
        stored.set(index, tensors.push({ ...tensor, ...made, name }) - 1);
      } else {
        tensors[index] = { ...tensor, ...made };
        stored.set(index, index);
      }
    }
    const target = obstacle ?? (stored.get(index) as number | string);
    if (typeof target === "string") {
      left.push({ node: node.name, why: target });
      return node;
    }
    return { ...node, inputs: node.inputs.map((input, i) => (i === 1 ? target : input)) };
  });
  return { graph: { ...graph, tensors, nodes }, left };
}

/** Why a node has no float32 weights to store. */
function obstacleOf({ tensors }: ModelData, node: Node): string | undefined {
  const op = findOp(node.op);
  if (op?.channelAxis === undefined) return `${node.op} has no weights`;
  if (!op.types.includes("float32 int8 float32 -> float32")) return `${node.op} takes no weights but float32`;
  const { dtype } = tensors[node.inputs[1] as number] as Tensor;
  return dtype === "float32" ? undefined : `its weights are ${dtype} already`;
}

function channelWeights(tensor: Tensor, axis: number): ChannelWeights {
  const { shape } = tensor;
  const channels = shape[axis] as number;
  const inner = elementCount(shape.slice(axis + 1));
  const values = elementsOf("float32", tensor.data as Uint8Array) as Float32Array;
  const depth = elementCount(shape) / channels;
  const position = (c: number, i: number) => (Math.floor(i / inner) * channels + c) * inner + (i % inner);
  return {
    values,
    axis,
    channels,
    depth,
    channel: (c) => Float32Array.from({ length: depth }, (_, i) => values[position(c, i)] as number),
    position,
    // Filters are [outC, kH, kW, inC]; a depthwise filter reads one input channel.
    period: axis === 0 ? (shape.at(-1) as number) : 1,
  };
}

function uniqueName(tensors: readonly Tensor[], wanted: string): string {
  const taken = new Set(tensors.map(({ name }) => name));
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
  return name;
}

/** Element `at(i)` of 4-bit data, which is 0 so far, becomes the low half of `levels[i]`. */
export function putNibbles(data: Uint8Array, levels: Int32Array, at: (i: number) => number): void {
  levels.forEach((level, i) => {
    const element = at(i);
    data[element >> 1]! |= (level & 15) << (4 * (element & 1));
  });
}

/** Says so if some weight is no number. */
export function notFinite(values: Float32Array): string | undefined {
  const odd = values.find((value) => !Number.isFinite(value));
  return odd === undefined ? undefined : `its weights have the value ${odd}`;
}
