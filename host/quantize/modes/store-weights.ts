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
  return {
    values: elementsOf("float32", tensor.data as Uint8Array) as Float32Array,
    axis,
    channels,
    depth: elementCount(shape) / channels,
    position: (channel, i) => (Math.floor(i / inner) * channels + channel) * inner + (i % inner),
  };
}

function uniqueName(tensors: readonly Tensor[], wanted: string): string {
  const taken = new Set(tensors.map(({ name }) => name));
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
  return name;
}

/** Says so if some weight is no number. */
export function notFinite(values: Float32Array): string | undefined {
  const odd = values.find((value) => !Number.isFinite(value));
  return odd === undefined ? undefined : `its weights have the value ${odd}`;
}
