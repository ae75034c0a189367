import type { Shape } from "../../../core/shape.js";
import { NodeAttributes } from "../attributes.js";
import type { Numbers } from "../constant.js";
import type { FileNode } from "../file.js";
import type { AttributeMessage } from "../schema.js";
import { isByte, Value } from "../value.js";
import { channelAxis, SPELLINGS } from "./spellings.js";

/** Two operators for one, and the constants they read. */
export interface Split {
  readonly nodes: readonly FileNode[];
  readonly values: readonly Value[];
  readonly note: string;
}

/** What several int8 numbers can add up to, how many there may be. */
const LOW = -128;
const HIGH = 127;
const MOST_PARTS = 3;

/**
 * Kernels take weights with one zero point. Those with one per channel have nine bits once it is taken away: they are the
 * sum of int8 weights without, so the operator becomes one that reads its input several times over, once for each part,
 *
 *     x · (w − z) = [x x] · [a b],   a + b = w − z
 *
 * which is exact, and has the scale the input is quantized with while the model runs too. Undefined for other operators.
 *
 * @param allocate makes room for numbers
 */
export function splitWeights(
  node: FileNode,
  inputs: readonly (Value | undefined)[],
  allocate: (type: string, shape: Shape) => Numbers,
): Split | undefined {
  const spelling = SPELLINGS.get(node.kind);
  const [input, triple] = spelling?.inputs ?? [];
  if (spelling === undefined || input === undefined || triple === undefined || spelling.isPerTensor) return undefined;
  const [x, weights, points] = [inputs[input[0]], inputs[triple[0]], inputs[triple[2]]?.constant?.data];
  if (x === undefined || !weights?.isConstant || !isByte(weights.type) || points === undefined) return undefined;
  if (points.every((point) => point === points[0])) return undefined;
  const place = placeOf(node, spelling.kind, x, weights);
  if (place === undefined || weights.shape[place.channels] !== points.length) return undefined;
  const parts = partsOf(weights, points, place, allocate);
  const times = (parts.shape[place.depth] as number) / (weights.shape[place.depth] as number);
  const order = repeated(x.shape[place.inputAxis] as number, place.groups, times);
  const name = node.outputs[0] ?? "";
  const named = (role: string) => `${name}/${role}`;
  const indices = new Value(named("order"), "INT64", [order.length], {
    type: "INT64",
    shape: [order.length],
    data: order,
  });
  const zero = new Value(named("zero"), "INT8", [], { type: "INT8", shape: [], data: Int8Array.of(0) });
  const split = new Value(named("parts"), "INT8", parts.shape, { type: "INT8", ...parts });
  const axis = new NodeAttributes([{ name: "axis", type: 2, i: place.inputAxis, refAttrName: "" } as AttributeMessage]);
  const again: FileNode = {
    index: node.index,
    kind: "Gather",
    name: `${node.name || name}/repeated`,
    inputs: [node.inputs[input[0]] as string, indices.name],
    outputs: [named("repeated")],
    attributes: axis,
  };
  const read = new Map([
    [input[0], named("repeated")],
    [triple[0], split.name],
    [triple[2], zero.name],
  ]);
  const product = { ...node, inputs: node.inputs.map((value, i) => read.get(i) ?? value) };
  const note = `its weights have a zero point per channel: it reads its input ${times} times, once for each part of them`;
  return { nodes: [again, product], values: [indices, zero, split], note };
}

interface Place {
  /** Axis of the input along which sums are taken, and the same of the weights. */
  readonly inputAxis: number;
  readonly depth: number;
  /** Axis of the weights that counts output channels. */
  readonly channels: number;
  readonly groups: number;
}

function placeOf(node: FileNode, kind: string, x: Value, weights: Value): Place | undefined {
  const channels = channelAxis({ ...node, kind }, weights);
  if (channels === undefined || x.rank < 2) return undefined;
  if (kind === "Conv") {
    const groups = node.attributes.int("group", 1);
    const fits = weights.rank >= 3 && groups >= 1 && x.shape[1] === (weights.shape[1] as number) * groups;
    return fits ? { inputAxis: 1, depth: 1, channels, groups } : undefined;
  }
  if (weights.rank !== 2) return undefined;
  const inputAxis = kind === "Gemm" && node.attributes.int("transA", 0) === 1 ? x.rank - 2 : x.rank - 1;
  const depth = 1 - channels;
  return x.shape[inputAxis] === weights.shape[depth] ? { inputAxis, depth, channels, groups: 1 } : undefined;
}

/** Weights less their zero points, as parts that follow each other along the depth. */
function partsOf(
  weights: Value,
  points: ArrayLike<number>,
  { depth, channels }: Place,
  allocate: (type: string, shape: Shape) => Numbers,
): { shape: Shape; data: Numbers } {
  const { data, shape } = weights.constant!;
  const size = (axis: number) => shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const [perChannel, perDepth] = [size(channels), size(depth)];
  const centred = (i: number) => (data[i] as number) - (points[Math.floor(i / perChannel) % points.length] as number);
  let count = 2;
  for (let i = 0; i < data.length; i++) if (centred(i) > 2 * HIGH) count = MOST_PARTS;
  const run = (shape[depth] as number) * perDepth;
  const whole = shape.map((extent, axis) => (axis === depth ? extent * count : extent));
  const result = allocate("INT8", whole);
  for (let i = 0; i < data.length; i++) {
    let rest = centred(i);
    const block = Math.floor(i / run);
    for (let part = 0; part < count; part++) {
      const some = Math.min(Math.max(rest, LOW), HIGH);
      result[(block * count + part) * run + (i % run)] = some;
      rest -= some;
    }
  }
  return { shape: whole, data: result };
}

/** Indices that say the channels of each group `count` times over. */
function repeated(channels: number, groups: number, count: number): Float64Array {
  const each = channels / groups;
  return Float64Array.from({ length: channels * count }, (_, i) => {
    const group = Math.floor(i / (each * count));
    return group * each + (i % each);
  });
}
