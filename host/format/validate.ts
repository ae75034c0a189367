import { ELEMENT_BYTES } from "../core/dtype.js";
import type { ModelData, Preprocessing, Tensor } from "../core/model.js";
import { checkShape, elementCount, formatShape } from "../core/shape.js";
import { quote, refuse, underRule } from "./refuse.js";
import { tensorAt, validateNodes } from "./validate-nodes.js";

/** Profiles a whole model may name. The others are refused by name until their arithmetic is complete. */
const PROFILES = ["xnnpack"];

const SMALLEST_NORMAL = 2 ** -126;

/** Values of the dtypes that stand for reals through a scale and a zero point. */
const RANGES: Readonly<Record<string, readonly [number, number] | undefined>> = {
  int8: [-128, 127],
  uint8: [0, 255],
};

/**
 * Checks what a model means: rules R17 to R19 and R24 to R46 of docs/qbin.md. Its types are taken to be right, which
 * the header's schema has shown for files and the compiler for models made in memory.
 *
 * @throws QbinFormatError
 */
export function validateModel(model: ModelData): void {
  const { numerics, tensors, inputs, outputs } = model;
  if (!PROFILES.includes(numerics)) refuse(17, `numerics profile "${numerics}" is not supported yet`);
  tensors.forEach((tensor, i) => {
    validateTensor(tensor, `tensor ${i} ${quote(tensor.name)}`);
  });
  validateEnds(tensors, inputs, "input");
  validateEnds(tensors, outputs, "output");
  validatePreprocessing(model);
  validateNodes(model);
}

function validateTensor({ dtype, shape, data, quantization }: Tensor, who: string): void {
  underRule(18, who, () => checkShape(shape, "it"));
  const bytes = elementCount(shape) * ELEMENT_BYTES[dtype];
  if (data && data.byteLength !== bytes) {
    refuse(19, `${who} has ${data.byteLength} bytes of data; ${dtype} ${formatShape(shape)} takes ${bytes}`);
  }
  const range = RANGES[dtype];
  if (!quantization !== !range) {
    refuse(
      24,
      `${who} is ${dtype} and has ${range ? "no " : ""}quantization; int8 and uint8 have one, others have not`,
    );
  }
  if (!quantization || !range) return;

  const { scale, zeroPoint, axis } = quantization;
  const bad = scale.find((s) => !(s >= SMALLEST_NORMAL && s < Number.POSITIVE_INFINITY && Math.fround(s) === s));
  if (bad !== undefined) refuse(25, `${who} has scale ${bad}; must be a positive normal float32`);
  if (!(zeroPoint >= range[0] && zeroPoint <= range[1])) {
    refuse(26, `${who} has zero point ${zeroPoint}; must be from ${range[0]} to ${range[1]} for ${dtype}`);
  }
  if (axis === undefined) {
    if (scale.length !== 1) refuse(27, `${who} has ${scale.length} scales without axis`);
  } else {
    if (!data || zeroPoint !== 0) refuse(27, `${who} is quantized per channel; must be a constant with zero point 0`);
    if (scale.length !== shape[axis]) {
      refuse(28, `${who} has ${scale.length} scales along axis ${axis} of ${formatShape(shape)}; must have one each`);
    }
  }
}

/** Names of inputs and outputs are the keys by which callers find them. */
function validateEnds(tensors: readonly Tensor[], ends: readonly number[], kind: string): void {
  if (ends.length === 0) refuse(29, `the model has no ${kind}; must have at least one`);
  const names = new Set<string>();
  for (const index of ends) {
    const { name } = tensorAt(tensors, index, `model ${kind}`);
    if (name === "" || names.has(name))
      refuse(31, `the model has an ${kind} named ${quote(name)}; must be unique and not empty`);
    names.add(name);
  }
}

function validatePreprocessing({ tensors, inputs, preprocessing }: ModelData): void {
  if (preprocessing.length !== inputs.length) {
    refuse(
      32,
      `the model has ${preprocessing.length} preprocessing entries; must have one per input, ${inputs.length}`,
    );
  }
  preprocessing.forEach((entry, i) => {
    if (entry) validatePicture(entry, tensors[inputs[i] as number] as Tensor);
  });
}

function validatePicture({ mean, scale, channelOrder, layout }: Preprocessing, { name, shape }: Tensor): void {
  const channels = channelOrder === "gray" ? 1 : 3;
  if (shape.length !== 4 || shape[layout === "nhwc" ? 3 : 1] !== channels) {
    refuse(32, `preprocessing ${channelOrder} ${layout} does not fit input ${quote(name)} ${formatShape(shape)}`);
  }
  for (const list of [mean, scale]) {
    if (list.length !== 1 && list.length !== channels) {
      refuse(32, `preprocessing of input ${quote(name)} has ${list.length} values; must have 1 or ${channels}`);
    }
  }
}
