import { CalibrationError, UsageError } from "../core/errors.js";
import type { ModelData, Node, Tensor } from "../core/model.js";
import { writeQbin } from "../format/write.js";
import type { Model } from "../index.js";
import { findOp } from "../ops/index.js";
import { type Calibration, calibrate, modelDigest } from "./calibrate.js";
import { evaluate } from "./evaluate.js";
import { type StaticResult, type StaticSettings, staticInt8, type TensorRange } from "./modes/static-int8.js";
import { checkOptions, type ModeName, type QuantizeOptions, staticSettings } from "./options.js";
import { OTHER_MODES } from "./other-modes.js";
import { firstOf, openSource, type Samples } from "./samples.js";
import { type Chosen, selectModes } from "./select-modes.js";
import { roundAdaptively } from "./techniques/adaptive-rounding.js";
import { equalize } from "./techniques/equalize.js";
import { collectPatches } from "./techniques/patches.js";

/** What became of one node. */
export interface NodeReport {
  readonly node: string;
  readonly op: string;
  /** The mode that was asked for. */
  readonly wanted: ModeName;
  /** The mode it has. */
  readonly mode: ModeName;
  /** Why the two differ. */
  readonly why?: string;
}

/** What `quantize` did: nothing becomes, or stays, float32 without a line here. */
export interface QuantizeReport {
  readonly samples: number;
  readonly nodes: readonly NodeReport[];
  /** Layers whose channels were equalized with those of the next. */
  readonly equalized: readonly string[];
  /** Those of them whose relu6 became relu for that: values above 6 are no longer cut off. */
  readonly unclipped: readonly string[];
  /** Signal to noise, in decibels, that this alone leaves of the float model's outputs; where there were samples. */
  readonly unclippedSignalToNoise?: number;
  /** Activations that are int8 now. */
  readonly tensors: readonly TensorRange[];
}

/** The quantized graph, for `writeQbin`. */
export interface QuantizeResult {
  readonly graph: ModelData;
  readonly report: QuantizeReport;
  /** For another `quantize` of the same float model, without samples. */
  readonly calibration: Calibration | undefined;
}

/**
 * Makes a quantized graph of a float one.
 *
 *     const { graph } = await quantize(importTflite(bytes), { samples: pictures.map((inputs) => ({ inputs })) });
 *     const file = writeQbin(graph);
 *
 * @throws UsageError for options that do not fit, CalibrationError for samples that do not
 */
export async function quantize(graph: ModelData, options: QuantizeOptions): Promise<QuantizeResult> {
  checkOptions(options);
  requireFloat(graph);
  const { mode = "static-int8", layers = [] } = options;
  const modes = selectModes(graph, mode, layers);
  const named = (isWanted: (chosen: Chosen) => boolean) => {
    return new Set([...modes].flatMap(([node, chosen]) => (isWanted(chosen) ? [node.name] : [])));
  };
  const wanted = (one: ModeName) => named(({ mode }) => mode === one);
  const used = new Set([...modes.values()].map((chosen) => chosen.mode));
  const integer = integerMode(used);
  const equalized = options.equalize ? equalize(graph) : { graph, layers: [], unclipped: [] };
  const { graph: float, unclipped } = equalized;
  let result: StaticResult = { graph: float, left: [], tensors: [] };
  let { calibration } = options;
  const samples = options.samples && openSource(options.samples);
  if (integer !== undefined || used.has("int16")) calibration = await calibrationFor(float, samples, options);
  if (integer !== undefined && calibration !== undefined) {
    const settings = staticSettings(options, integer);
    const round = options.rounding === "adaptive" ? await adaptiveRounding(float, samples, options) : {};
    result = staticInt8(float, wanted(integer), calibration, { ...settings, ...round });
  }
  let { graph: done } = result;
  const left = [...result.left];
  for (const [name, apply] of Object.entries(OTHER_MODES)) {
    if (!used.has(name as ModeName)) continue;
    for (const bits of new Set([...modes.values()].flatMap((one) => (one.mode === name ? [one.weightBits] : [])))) {
      const nodes = named((chosen) => chosen.mode === name && chosen.weightBits === bits);
      const next = apply(done, nodes, { ...options, ...(bits && { weightBits: bits }) }, calibration);
      done = next.graph;
      left.push(...next.left);
    }
  }
  const why = new Map(left.map(({ node, why }) => [node, why]));
  const nodes = [...modes].map(([node, asked]) => nodeReport(node, asked.mode, why.get(node.name)));
  return {
    graph: done,
    report: {
      samples: calibration?.samples ?? 0,
      nodes,
      equalized: equalized.layers,
      unclipped,
      ...(unclipped.length > 0 &&
        samples && { unclippedSignalToNoise: await changeOf(graph, float, samples, options) }),
      tensors: result.tensors,
    },
    calibration,
  };
}

/** Samples that show what a change of the float model does. */
const CHANGE_SAMPLES = 32;

/** Signal to noise of a changed float model's outputs. */
async function changeOf(
  graph: ModelData,
  changed: ModelData,
  samples: () => Samples,
  { module }: QuantizeOptions,
): Promise<number> {
  const { load } = await import("../index.js");
  const [model, reference] = await Promise.all(
    [changed, graph].map((one) => load(writeQbin(one), { ...(module && { module }) })),
  );
  const { signalToNoise } = await evaluate(model as Model, firstOf(samples(), CHANGE_SAMPLES), {
    reference: reference as Model,
  });
  model?.dispose();
  reference?.dispose();
  return signalToNoise as number;
}

/** The one of the two integer modes that is used. */
function integerMode(used: ReadonlySet<ModeName>): "static-int8" | "power-of-two" | undefined {
  if (used.has("static-int8") && used.has("power-of-two")) {
    throw new UsageError("static-int8 and power-of-two cannot be mixed: neighbours share scales; choose one of them");
  }
  return used.has("power-of-two") ? "power-of-two" : used.has("static-int8") ? "static-int8" : undefined;
}

function nodeReport({ name, op }: Node, wanted: ModeName, why: string | undefined): NodeReport {
  return why === undefined
    ? { node: name, op, wanted, mode: wanted }
    : { node: name, op, wanted, mode: "float32", why };
}

async function calibrationFor(
  graph: ModelData,
  samples: (() => Samples) | undefined,
  options: QuantizeOptions,
): Promise<Calibration> {
  const { calibration } = options;
  if (calibration !== undefined) {
    if (calibration.model === modelDigest(graph)) return calibration;
    throw new CalibrationError(
      `the calibration is of another model than this${options.equalize ? ", equalized" : ""}; calibrate again`,
    );
  }
  if (samples === undefined)
    throw new UsageError("quantize: int8 and int16 activations need samples, or a calibration made from some");
  return calibrate(graph, samples(), options);
}

/** How the weights of each layer are rounded, from patches of its inputs. */
async function adaptiveRounding(
  graph: ModelData,
  samples: (() => Samples) | undefined,
  options: QuantizeOptions,
): Promise<Pick<StaticSettings, "round">> {
  if (samples === undefined) throw new UsageError("quantize: adaptive rounding needs samples beside a calibration");
  const patches = await collectPatches(graph, samples(), options);
  return {
    round(node: Node, weights: Tensor, scale: readonly number[]) {
      const seen = patches.get(node.name);
      const axis = findOp(node.op)?.channelAxis as number;
      return seen && roundAdaptively(weights, axis, scale, options.weightBits ?? 8, seen);
    },
  };
}

function requireFloat({ name, tensors }: ModelData): void {
  const quantized = tensors.find(({ dtype }) => dtype === "int8" || dtype === "uint8");
  if (quantized === undefined) return;
  throw new UsageError(
    `model "${name}" is quantized already: tensor "${quantized.name}" is ${quantized.dtype}; start from the float model`,
  );
}
