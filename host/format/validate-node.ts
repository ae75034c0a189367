import { QbinError } from "../core/errors.js";
import type { Node, Tensor } from "../core/model.js";
import { type OpDefinition, workOf } from "../core/op.js";
import { isNormal } from "../core/quantization.js";
import { formatShape, type Shape, sameShape } from "../core/shape.js";
import { must, refusal } from "./must.js";
import { check } from "./schema.js";

/**
 * Checks one node against the declaration of its op. `at` gives the tensor at an index or refuses.
 *
 * @returns what one run costs, as rule R41 counts it
 */
export function validateNode(
  op: OpDefinition,
  node: Node,
  at: (index: number, who: string) => Tensor,
  who: string,
): number {
  // The tensors at `indices`, for declared names "x", "x?" optional, "x*" one or more.
  const tensorsOf = (declared: readonly string[], indices: readonly number[]) => {
    const { length } = indices;
    const fits = `${declared}`.endsWith("*") ? length : length === declared.length;
    must(fits, 33, `${who} tensor count`, length, `that of ${declared}, absent ones as -1`);
    return indices.map((index, i) => (index === -1 && declared[i]?.endsWith("?") ? undefined : at(index, who)));
  };
  const inputs = tensorsOf(op.inputs, node.inputs);
  const outputs = tensorsOf(op.outputs, node.outputs) as Tensor[];
  for (const i of op.constantInputs ?? []) {
    must(!inputs[i] || inputs[i].data, 34, `${who} ${op.inputs[i]}`, "computed", "constant");
  }

  const isVariadic = (declared: readonly string[]) => declared[declared.length - 1]?.endsWith("*");
  // Several inputs of one type are one word, as in rows with a variadic; an absent input is "-" and fits every word.
  const words = (declared: readonly string[], tensors: readonly (Tensor | undefined)[]) => {
    const all = tensors.map((tensor) => tensor?.dtype ?? "-");
    return isVariadic(declared) ? [...new Set(all)] : all;
  };
  const types = [...words(op.inputs, inputs), "->", ...words(op.outputs, outputs)];
  const fitsRow = (row: string) => {
    const expected = row.split(" ");
    return expected.length === types.length && types.every((type, i) => type === "-" || type === expected[i]);
  };
  const joined = types.join(" ");
  if (!op.types.includes(joined) && !op.types.some(fitsRow))
    must(false, 35, `${who} types`, joined, op.types.join(" or "));

  const to = outputs[0]?.quantization?.scale[0];
  inputs.forEach((tensor, i) => {
    const { axis, scale: [from] = [] } = tensor?.quantization ?? {};
    const input = `${who} ${op.inputs[i]}`;
    must(
      axis === undefined || (i === 1 && axis === op.channelAxis),
      36,
      input,
      `scaled along axis ${axis}`,
      "scaled per tensor or output channel",
    );
    const isRescaled = from && to && !op.constantInputs?.includes(i);
    must(!isRescaled || isNormal(Math.fround(from / to)), 37, `${input} ratio`, `${from} to ${to}`, "a normal float32");
  });
  const isQuantized = [...inputs, ...outputs].some((tensor) => tensor?.quantization);
  const isWide = [...inputs, ...outputs].some((tensor) => tensor?.dtype === "int16");
  must(!isWide || node.numerics === "tflite", 38, `${who} numerics`, node.numerics, '"tflite" for int16');
  must(
    !isQuantized || op.numerics.includes(node.numerics),
    38,
    `${who} numerics`,
    node.numerics,
    op.numerics.join(" or "),
  );

  const attributes = node.attributes as never;
  check(attributes, { kind: "object", fields: op.attributes }, `${who} attributes`);
  const isComputed = [inputs[0], ...outputs].some((tensor) => tensor?.quantization);
  must(isComputed || !attributes["unsigned"], 38, `${who} unsigned`, true, "false where nothing is quantized");
  let shapes: readonly Shape[];
  try {
    shapes = op.infer(inputs, attributes);
    op.verify?.(inputs, attributes, outputs, node.numerics);
  } catch (error) {
    throw error instanceof QbinError ? refusal(39, `${who}: ${error.message}`) : error;
  }
  const agree = shapes.length === outputs.length && shapes.every((shape, i) => sameShape(shape, outputs[i]!.shape));
  if (!agree) {
    const declared = outputs.map(({ shape }) => formatShape(shape));
    must(false, 40, `${who} output`, declared, shapes.map(formatShape));
  }
  return workOf(op, inputs, node.attributes, outputs);
}
