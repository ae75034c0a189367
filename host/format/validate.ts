import { ELEMENT_BYTES, QUANTIZED_RANGE } from "../core/dtype.js";
import type { ModelData, Preprocessing, Tensor } from "../core/model.js";
import { isNormal, type QuantizationParams, scaleCount } from "../core/quantization.js";
import { elementCount, formatShape, MAX_ELEMENTS, MAX_RANK } from "../core/shape.js";
import { must, show } from "./must.js";
import { type FindOp, validateGraph } from "./validate-graph.js";

/** What has a scale, a group, a codebook, and what is for constants only. */
const KINDS =
  /^\w+ ((u?int8|int16) with scale|int32|int64|float32)$|^constant (float16|int4 with scale, group|uint4 with scale, group, codebook)$/;
const KINDS_TEXT =
  "int8, uint8 or int16 with scale, constant float16, int4 with group or uint4 with codebook, or a plain type";

/**
 * Checks what a model means: rules R18 to R42 of docs/qbin.md. Its types are taken to be right, which the header's
 * schema has shown for files and the compiler for models made in memory, and its attributes to be in declared order.
 *
 * @param findOp the declaration of an op by name, undefined for names that are none
 * @throws QbinFormatError
 */
export function validateModel(model: ModelData, findOp: FindOp): void {
  const { tensors, inputs, preprocessing } = model;
  tensors.forEach(validateTensor);
  validateGraph(model, findOp);
  must(preprocessing.length === inputs.length, 42, "preprocessing length", preprocessing.length, inputs.length);
  preprocessing.forEach((entry, i) => {
    if (entry) validatePreprocessing(entry, tensors[inputs[i] as number] as Tensor);
  });
}

function validateTensor({ name, dtype, shape, data, quantization }: Tensor, i: number): void {
  const who = `tensor ${i} ${show(name)}`;
  const elements = elementCount(shape);
  if (shape.length > MAX_RANK || elements > MAX_ELEMENTS) {
    const [rule, most] =
      shape.length > MAX_RANK ? ([18, `${MAX_RANK} dimensions`] as const) : ([19, `${MAX_ELEMENTS} elements`] as const);
    must(false, rule, `${who} shape`, formatShape(shape), `at most ${most}`);
  }
  const size = elements * ELEMENT_BYTES[dtype];
  const bytes = Math.ceil(size);
  if (data && data.length !== bytes)
    must(false, 20, `${who} data length`, data.length, `${bytes} for ${dtype} ${formatShape(shape)}`);

  must(bytes === size || !data || data[bytes - 1]! < 16, 44, `${who} last half byte`, "not 0", 0);

  const { scale, zeroPoint = 0, axis, group, codebook } = quantization ?? ({} as Partial<QuantizationParams>);
  const parts = (scale ? " with scale" : "") + (group ? ", group" : "") + (codebook ? ", codebook" : "");
  const kind = `${data ? "constant" : "computed"} ${dtype}${parts}`;
  must(KINDS.test(kind), 21, who, kind, KINDS_TEXT);
  if (!scale) return;
  for (let i = 0; i < scale.length; i++)
    if (!isNormal(scale[i]!)) must(false, 22, `${who} scale`, scale[i], "a positive normal float32");
  const strange = codebook?.find((value) => !Number.isFinite(value));
  must(strange === undefined, 43, `${who} codebook`, strange, "finite");
  // int16 is symmetric: sums of its products have no room for a zero point. 4-bit types have theirs in the groups.
  const [lowest, highest] = (dtype !== "int16" && QUANTIZED_RANGE[dtype]) || [0, 0];
  must(zeroPoint >= lowest && zeroPoint <= highest, 23, `${who} zeroPoint`, zeroPoint, `from ${lowest} to ${highest}`);
  const count = axis === undefined || data ? scaleCount(shape, axis, group) : undefined;
  must(scale.length === count, 24, `${who} scale count`, scale.length, count ?? "that of an axis of a constant");
}

/** Preprocessing describes pictures, so it fits inputs of four dimensions with one or three channels. */
function validatePreprocessing({ mean, scale, channelOrder, layout }: Preprocessing, { name, shape }: Tensor): void {
  const channels = channelOrder === "gray" ? 1 : 3;
  const isPicture = shape.length === 4 && shape[layout === "nhwc" ? 3 : 1] === channels;
  const fits = ({ length }: readonly number[]) => length === 1 || length === channels;
  const expected = `${layout} with ${channels} channels, 1 or as many means and scales`;
  must(isPicture && fits(mean) && fits(scale), 42, `${channelOrder} input ${show(name)}`, `[${shape}]`, expected);
}
