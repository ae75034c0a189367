import { elementsOf } from "../../core/dtype.js";
import type { ModelData, Node, Tensor } from "../../core/model.js";
import { clamp, roundHalfEven } from "../../core/rounding.js";
import { elementCount } from "../../core/shape.js";
import { findOp } from "../../ops/index.js";
import type { ModeResult, NodeLeft } from "./mode.js";

export interface DynamicRangeSettings {
  /** A scale per output channel, or one for all. Default true. */
  readonly perChannel?: boolean;
}

const LARGEST = 127;

/**
 * Weights of the nodes named `wanted` become int8, symmetric; their activations are quantized while the model runs, so there is
 * nothing to calibrate, and what connects the nodes stays float32. Nodes that have no such form are reported.
 */
export function dynamicRange(
  graph: ModelData,
  wanted: ReadonlySet<string>,
  { perChannel = true }: DynamicRangeSettings = {},
): ModeResult {
  const left: NodeLeft[] = [];
  const tensors = [...graph.tensors];
  const quantized = new Map<number, number>();
  const nodes = graph.nodes.map((node): Node => {
    if (!wanted.has(node.name)) return node;
    const why = obstacleOf(graph, node);
    if (why !== undefined) {
      left.push({ node: node.name, why });
      return node;
    }
    const float = node.inputs[1] as number;
    const index = quantized.get(float) ?? place(graph, wanted, tensors, float, toInt8(graph, node, perChannel));
    quantized.set(float, index);
    const inputs = node.inputs.map((input, i) => (i === 1 ? index : input));
    return { ...node, inputs, attributes: { ...node.attributes, mode: "dynamic-range" }, numerics: "xnnpack" };
  });
  return { graph: { ...graph, tensors, nodes }, left };
}

function obstacleOf({ tensors }: ModelData, node: Node): string | undefined {
  const definition = findOp(node.op);
  if (definition?.attributes["mode?"] === undefined) return `${node.op} has no weights`;
  const weights = tensors[node.inputs[1] as number] as Tensor;
  if (weights.dtype !== "float32") return `its weights are ${weights.dtype} already`;
  const odd = valuesOf(weights).find((value) => !Number.isFinite(value));
  return odd === undefined ? undefined : `its weights have the value ${odd}`;
}

function valuesOf(tensor: Tensor): Float32Array {
  return elementsOf("float32", tensor.data as Uint8Array) as Float32Array;
}

/** q = rne(w / s), s = f(max |w| / 127) of each channel; 1 where all weights are 0. */
export function toInt8(graph: ModelData, node: Node, perChannel: boolean): Tensor {
  const weights = graph.tensors[node.inputs[1] as number] as Tensor;
  const axis = findOp(node.op)?.channelAxis as number;
  const values = valuesOf(weights);
  const inner = elementCount(weights.shape.slice(axis + 1));
  const channels = perChannel ? (weights.shape[axis] as number) : 1;
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  const largest = new Float64Array(channels);
  values.forEach((value, i) => {
    const c = channelOf(i);
    largest[c] = Math.max(largest[c] as number, Math.abs(value));
  });
  // The least normal number stores weights that are smaller still as 0.
  const scale = [...largest].map((max) => (max === 0 ? 1 : Math.max(Math.fround(max / LARGEST), 2 ** -126)));
  const data = Int8Array.from(values, (value, i) =>
    clamp(roundHalfEven(value / (scale[channelOf(i)] as number)), -LARGEST, LARGEST),
  );
  const quantization = { scale, zeroPoint: 0, ...(perChannel && { axis }) };
  return { ...weights, dtype: "int8", data: new Uint8Array(data.buffer), quantization };
}

/** Puts int8 weights in the place of the float ones, or behind all tensors where some other node still reads those. */
function place(graph: ModelData, wanted: ReadonlySet<string>, tensors: Tensor[], float: number, int8: Tensor): number {
  const isShared = graph.nodes.some((node) => {
    const isProduct = wanted.has(node.name) && obstacleOf(graph, node) === undefined;
    return node.inputs.some((input, i) => input === float && !(isProduct && i === 1));
  });
  if (!isShared) {
    tensors[float] = int8;
    return float;
  }
  const taken = new Set(tensors.map(({ name }) => name));
  let name = `${int8.name}/int8`;
  for (let n = 2; taken.has(name); n++) name = `${int8.name}/int8_${n}`;
  return tensors.push({ ...int8, name }) - 1;
}
