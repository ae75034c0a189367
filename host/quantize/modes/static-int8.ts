import type { ModelData, Node, Numerics, Tensor } from "../../core/model.js";
import type { QuantizationParams } from "../../core/quantization.js";
import { findOp } from "../../ops/index.js";
import type { Calibration } from "../calibrate.js";
import type { Calibrator } from "../calibrators/calibrator.js";
import { type Groups, groupTensors } from "../groups.js";
import { channelMeans } from "../observation.js";
import { ruleOf } from "../rules.js";
import type { Scheme } from "../scheme.js";
import { chooseNodes } from "../static/choose-nodes.js";
import { poolsToMeans } from "../static/pools-to-means.js";
import { type GroupRange, rangeOf } from "../static/ranges.js";
import { NodeRefusal, Rebuilder } from "../static/rebuild.js";
import { correctedBias } from "../techniques/correct-bias.js";
import {
  floatsOf,
  type QuantizedWeights,
  roundBias,
  roundWeights,
  type WeightScheme,
  weightScales,
} from "../weights.js";
import type { ModeResult, NodeLeft } from "./mode.js";

/** How activations and weights of static int8 are quantized. */
export interface StaticSettings {
  readonly calibrator: Calibrator;
  readonly activations: Scheme;
  readonly weights: WeightScheme;
  /** The arithmetic wanted; ops that do not have it use another that they have. */
  readonly numerics: Numerics;
  /** Type of the model's own inputs and outputs where int8 nodes read and make them. */
  readonly interface: "int8" | "float32";
  /** Shifts biases by what rounding the weights did to the mean of each output channel. */
  readonly correctBias: boolean;
  /** Stored weights of a node, where a technique has chosen them; scales must be those asked for. */
  readonly round?: (node: Node, weights: Tensor, scale: readonly number[]) => Int8Array | undefined;
}

/** One activation tensor, as it ended up. */
export interface TensorRange {
  readonly name: string;
  readonly range: GroupRange["range"];
  readonly params: QuantizationParams;
}

/** The graph, and every activation that is int8 in it. */
export interface StaticResult extends ModeResult {
  readonly tensors: readonly TensorRange[];
}

/**
 * Quantizes weights and activations of the nodes named `wanted` to int8, with ranges found beforehand. Nodes that have no
 * int8 form, or none for the scales they would get, stay float32 and are reported; conversions stand in between.
 *
 * @throws CalibrationError for a tensor without a range
 */
export function staticInt8(
  float: ModelData,
  wanted: ReadonlySet<string>,
  calibration: Calibration,
  settings: StaticSettings,
): StaticResult {
  const graph = poolsToMeans(float, wanted);
  const left: NodeLeft[] = [];
  const refused = new Set<string>();
  for (;;) {
    const choice = chooseNodes(graph, new Set([...wanted].filter((name) => !refused.has(name))));
    try {
      const built = build(graph, choice.int8, calibration, settings);
      return { ...built, left: [...left, ...choice.left] };
    } catch (error) {
      // What shares parameters changes with every node that stays float32, so everything is done again.
      if (!(error instanceof NodeRefusal)) throw error;
      refused.add(error.node.name);
      left.push({ node: error.node.name, why: error.message });
    }
  }
}

function build(graph: ModelData, int8: ReadonlySet<Node>, calibration: Calibration, settings: StaticSettings) {
  const ordered = graph.nodes.filter((node) => int8.has(node));
  const groups = groupTensors(graph, ordered);
  const found = new Map<unknown, GroupRange>();
  const rangeOfTensor = (tensor: number): GroupRange => {
    const group = groups.of(tensor);
    let range = found.get(group);
    range ??= rangeOf(graph, group, calibration, settings.calibrator, settings.activations);
    found.set(group, range);
    return range;
  };
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const isInt8 = (tensor: number) => int8.has(makers.get(tensor) as Node) && isFloat(graph, tensor);
  const floatOutputs = new Set(settings.interface === "float32" ? graph.outputs.filter(isInt8) : []);
  const to = new Rebuilder(graph, (tensor) => rangeOfTensor(tensor).params, floatOutputs);
  graph.inputs.forEach((tensor, i) => {
    const isRead = ordered.some((node) => node.inputs.includes(tensor)) && isFloat(graph, tensor);
    to.addInput(tensor, isRead && settings.interface === "int8" ? "int8" : "float32", i);
  });
  for (const node of graph.nodes) {
    if (int8.has(node))
      addInt8(to, graph, node, groups, (tensor) => rangeOfTensor(tensor).params, calibration, settings);
    else to.addFloat(node);
  }
  for (const tensor of graph.outputs) {
    to.builder.output(to.get(tensor, isInt8(tensor) && !floatOutputs.has(tensor) ? "int8" : "float32"));
  }
  const tensors = graph.tensors.flatMap(({ name }, i): TensorRange[] => {
    const known = to.has(i, "int8") ? found.get(groups.of(i)) : undefined;
    return known ? [{ name, range: known.range, params: known.params }] : [];
  });
  return { graph: { ...to.builder.build(), labels: graph.labels }, tensors };
}

function isFloat(graph: ModelData, tensor: number): boolean {
  return graph.tensors[tensor]?.dtype === "float32";
}

function addInt8(
  to: Rebuilder,
  graph: ModelData,
  node: Node,
  groups: Groups,
  paramsOf: (tensor: number) => QuantizationParams,
  calibration: Calibration,
  settings: StaticSettings,
): void {
  const rule = ruleOf(node);
  if (rule.runs !== "int8") return;
  const profiles: Numerics[] = [...(rule.numerics ?? []), settings.numerics, "xnnpack", "tflite"];
  // TensorFlow Lite has no arithmetic for some ops; one that only has none for these scales is not mixed into another's model.
  if (!findOp(node.op)?.numerics.includes("tflite")) profiles.push("onnx");
  if (rule.weights) {
    const input = node.inputs[0] as number;
    const constants = addWeights(to, graph, node, paramsOf(input).scale[0] as number, calibration, settings);
    to.addInt8(node, [to.get(input, "int8"), ...constants], profiles);
    return;
  }
  const inputs = to.inputs(node, "int8").map((index, i) => {
    const tensor = node.inputs[i] as number;
    return groups.isApart(node, tensor) ? to.requantize(index, node.outputs[0] as number) : index;
  });
  to.addInt8(node, inputs, profiles);
}

/** Adds weights and bias as constants, and returns their indices: the node's inputs from 1 on. */
function addWeights(
  to: Rebuilder,
  graph: ModelData,
  node: Node,
  inputScale: number,
  calibration: Calibration,
  settings: StaticSettings,
): number[] {
  const axis = findOp(node.op)?.channelAxis as number;
  const weights = graph.tensors[node.inputs[1] as number] as Tensor;
  const bias = graph.tensors[node.inputs[2] ?? -1];
  const given = bias && floatsOf(bias);
  const quantized = quantizedWeights(node, weights, axis, given, inputScale, settings);
  const { scale } = quantized;
  const params = { scale, zeroPoint: 0, ...(scale.length > 1 && { axis }) };
  const { name, shape } = weights;
  const data = new Uint8Array(quantized.data.buffer);
  const added = to.builder.constant({ name, shape, dtype: "int8", quantization: params }, data);
  const seen = settings.correctBias
    ? calibration.tensors.get(graph.tensors[node.inputs[0] as number]?.name ?? "")
    : undefined;
  const values = seen ? correctedBias(weights, axis, given, quantized, channelMeans(seen)) : given;
  if (!values) return [added, -1];
  const stored = new Uint8Array(roundBias(values, inputScale, scale).buffer);
  const type = { name: bias?.name ?? `${node.name}/bias`, shape: [values.length], dtype: "int32" as const };
  return [added, to.builder.constant(type, stored)];
}

function quantizedWeights(
  node: Node,
  weights: Tensor,
  axis: number,
  bias: Float32Array | undefined,
  inputScale: number,
  { weights: scheme, round }: StaticSettings,
): QuantizedWeights {
  const scale = weightScales(weights, axis, scheme, bias, inputScale);
  return { scale, data: round?.(node, weights, scale) ?? roundWeights(weights, axis, scale, scheme.bits) };
}
