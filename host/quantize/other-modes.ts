import { UsageError } from "../core/errors.js";
import type { ModelData } from "../core/model.js";
import type { Calibration } from "./calibrate.js";
import { codebook } from "./modes/codebook.js";
import { dynamicRange } from "./modes/dynamic-range.js";
import { float16 } from "./modes/float16.js";
import { int16Activations } from "./modes/int16-activations.js";
import type { ModeResult } from "./modes/mode.js";
import { WEIGHT_ONLY_DEFAULTS, weightOnly } from "./modes/weight-only.js";
import type { ModeName, QuantizeOptions } from "./options.js";

type Apply = (
  graph: ModelData,
  wanted: ReadonlySet<string>,
  options: QuantizeOptions,
  calibration: Calibration | undefined,
) => ModeResult;

/** The modes that share no scales with neighbours in int8: each takes its nodes, in this order, and leaves the others alone. */
export const OTHER_MODES: Readonly<Partial<Record<ModeName, Apply>>> = {
  int16: (graph, wanted, _, calibration) => int16Activations(graph, wanted, calibration?.tensors ?? new Map()),
  "dynamic-range": (graph, wanted, { weights }) =>
    dynamicRange(graph, wanted, { perChannel: weights !== "per-tensor" }),
  "weight-only": (graph, wanted, options) => {
    const { weightBits: bits = 8, weightClip: clip = WEIGHT_ONLY_DEFAULTS.clip } = options;
    if (bits !== 8 && bits !== 4) throw new UsageError(`weightBits ${bits}: mode weight-only stores 8 or 4`);
    return weightOnly(graph, wanted, { bits, clip, ...roundingOf(options) });
  },
  codebook: (graph, wanted, options) => codebook(graph, wanted, roundingOf(options)),
  float16: (graph, wanted) => float16(graph, wanted),
};

function roundingOf({ group = WEIGHT_ONLY_DEFAULTS.group, rounding }: QuantizeOptions) {
  return { group, rounding: rounding === "nearest" ? rounding : WEIGHT_ONLY_DEFAULTS.rounding };
}
