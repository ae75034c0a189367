import { elementsOf } from "../core/dtype.js";
import type { ModelData, Node, Tensor } from "../core/model.js";
import { elementCount, sameShape } from "../core/shape.js";
import { privateTensors, TensorList } from "../graph/edit.js";
import { rewrite } from "../graph/rewrite.js";

/** Axis of the weights that is the output channel. */
const CHANNEL_AXIS: Readonly<Record<string, number>> = { conv2d: 0, depthwise_conv2d: 3, fully_connected: 0 };

/** y = factor[c] · x + addend[c]; lists have one entry, or one per channel. */
interface Affine {
  readonly input: number;
  readonly factor: ArrayLike<number>;
  readonly addend: ArrayLike<number>;
}

const ONE = [1];
const ZERO = [0];

/**
 * Folds a factor and an addend per channel behind a float convolution or matrix product into its weights and bias:
 * batch normalization, scaling, a bias added by a node of its own. y = f·(w·x + b) + a is (f·w)·x + (f·b + a), and every
 * product is rounded to float32 once, so outputs change by rounding.
 */
export function foldAffine(model: ModelData): ModelData {
  const own = privateTensors(model);
  const list = new TensorList(model);
  const nodes: Node[] = [];
  const makers = new Map<number, number>();
  for (const node of model.nodes) {
    const affine = affineOf(node, list.tensors);
    const at = affine && own.has(affine.input) ? makers.get(affine.input) : undefined;
    const source = at === undefined ? undefined : (nodes[at] as Node);
    if (affine && source && at !== undefined && canTake(source, node, affine, list.tensors)) {
      nodes[at] = folded(source, node, affine, list);
      makers.set(node.outputs[0] as number, at);
      continue;
    }
    for (const index of node.outputs) makers.set(index, nodes.length);
    nodes.push(node);
  }
  return nodes.length === model.nodes.length ? model : rewrite({ ...model, tensors: list.tensors, nodes }, {});
}

/** What a node does to one of its inputs, if that is affine along the last axis, by constants. */
function affineOf({ op, inputs }: Node, tensors: readonly Tensor[]): Affine | undefined {
  if (op !== "mul" && op !== "add" && op !== "sub") return undefined;
  const [a, b] = inputs as [number, number];
  const [left, right] = [alongChannels(tensors[a] as Tensor), alongChannels(tensors[b] as Tensor)];
  if ((left === undefined) === (right === undefined)) return undefined;
  const input = left === undefined ? a : b;
  const values = (left ?? right) as Float32Array;
  if (op === "mul") return { input, factor: values, addend: ZERO };
  if (op === "add") return { input, factor: ONE, addend: values };
  // x − c, or c − x.
  return left === undefined
    ? { input, factor: ONE, addend: values.map((x) => -x) }
    : { input, factor: [-1], addend: values };
}

/** The values of a float constant that varies along the last axis at most. */
function alongChannels({ dtype, shape, data }: Tensor): Float32Array | undefined {
  if (data === undefined || dtype !== "float32" || elementCount(shape.slice(0, -1)) !== 1) return undefined;
  return elementsOf(dtype, data) as Float32Array;
}

/** Weights that are stored small stay as they are: their scales could take a factor, but not without rounding. */
function canTake(source: Node, node: Node, { factor }: Affine, tensors: readonly Tensor[]): boolean {
  const [from, to] = [tensors[source.outputs[0] as number] as Tensor, tensors[node.outputs[0] as number] as Tensor];
  return (
    Object.hasOwn(CHANNEL_AXIS, source.op) &&
    source.attributes["activation"] === "none" &&
    from.dtype === "float32" &&
    (factor === ONE || tensors[source.inputs[1] as number]?.dtype === "float32") &&
    sameShape(from.shape, to.shape)
  );
}

function folded(source: Node, node: Node, { factor, addend }: Affine, list: TensorList): Node {
  const [input, weightsAt, biasAt] = source.inputs as [number, number, number];
  const weights = list.tensors[weightsAt] as Tensor;
  const axis = CHANNEL_AXIS[source.op] as number;
  const channels = weights.shape[axis] as number;
  const inner = elementCount(weights.shape.slice(axis + 1));
  const at = (values: ArrayLike<number>, c: number) => values[values.length === 1 ? 0 : c] as number;
  const values = floats(weights).map((w, i) => w * at(factor, Math.floor(i / inner) % channels));
  const before = biasAt === -1 ? new Float32Array(channels) : floats(list.tensors[biasAt] as Tensor);
  const bias = before.map((b, c) => b * at(factor, c) + at(addend, c));
  return {
    ...source,
    inputs: [
      input,
      factor === ONE ? weightsAt : list.addFloats(weights.name, weights.shape, values),
      list.addFloats(`${source.name}/bias`, [channels], bias),
    ],
    outputs: node.outputs,
    attributes: { ...source.attributes, activation: node.attributes["activation"] as string },
  };
}

function floats({ data }: Tensor): Float32Array {
  return elementsOf("float32", data as Uint8Array) as Float32Array;
}
