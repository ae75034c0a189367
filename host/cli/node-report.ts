import type { ModelInfo } from "../index.js";
import { findOp, type ModelData, type Node, type Tensor } from "../toolchain.js";

/** One node: what runs for it, and whether that is int8 arithmetic. */
export interface NodeReport {
  readonly name: string;
  readonly op: string;
  readonly kernels: readonly string[];
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How the weights are stored, where that is not the dtype of what is computed with them. */
  readonly weights?: string;
  readonly macs: number;
  readonly numerics: string;
  readonly isInt8: boolean;
  /** Why it is not int8, or why its numerics differ from the model's; absent when there is nothing to say. */
  readonly reason?: string;
}

/** Joins what the runtime chose (`info`) with what the file says (`model`); both list nodes in the same order. */
export function reportNodes(model: ModelData, info: ModelInfo): NodeReport[] {
  return info.nodes.map(({ name, op, kernels, shape, dtype, weights, macs, numerics }, i) => {
    const node = model.nodes[i]!;
    const wide = isDynamicRange(node) ? undefined : whyNotInt8(model, node);
    const reason =
      wide ?? howDynamic(model, node) ?? (numerics === model.numerics ? undefined : whyOtherNumerics(model, node));
    return {
      name,
      op,
      kernels,
      shape,
      dtype,
      ...(weights !== undefined && weights !== dtype && { weights }),
      macs,
      numerics,
      isInt8: wide === undefined,
      ...(reason !== undefined && { reason }),
    };
  });
}

/**
 * A node runs in int8 when every value it reads and every real value it writes has 8 bits. Indices, the result of
 * arg_max, are no real values. Returns the reason for any other node.
 */
function whyNotInt8({ tensors }: ModelData, { inputs, outputs }: Node): string | undefined {
  const activations = inputs.flatMap((index) => (index < 0 || tensors[index]!.data ? [] : [tensors[index]!]));
  const constants = inputs.flatMap((index) => (index >= 0 && tensors[index]!.data ? [tensors[index]!] : []));
  const results = outputs.map((index) => tensors[index]!);
  const read = activations.find((tensor) => !hasEightBits(tensor));
  const written = results.find((tensor) => !hasEightBits(tensor) && !isIndex(tensor));
  if (read === undefined && written === undefined) return undefined;
  if (read === undefined) return `turns ${activations[0]?.dtype ?? "constants"} into ${written!.dtype}`;
  if (written === undefined && results.some(hasEightBits)) return `turns ${read.dtype} into ${results[0]!.dtype}`;
  const small = constants.find((tensor) => tensor.dtype === "float16" || tensor.quantization);
  if (small !== undefined)
    return `its weights are stored as ${describeStorage(small)}, and it computes in ${read.dtype}`;
  return `the model computes "${read.name}" in ${read.dtype}`;
}

/** `int4, a scale for every 32` */
function describeStorage({ dtype, quantization: q }: Tensor): string {
  if (q === undefined) return dtype;
  const scales =
    q.group === undefined
      ? q.axis === undefined
        ? "one scale"
        : "a scale per channel"
      : `a scale for every ${q.group}`;
  return `${dtype}, ${scales}${q.codebook ? ", a codebook" : ""}`;
}

/** Its products are int8, and its activations become so while the model runs. */
function isDynamicRange({ attributes }: Node): boolean {
  return attributes["mode"] === "dynamic-range";
}

function howDynamic(model: ModelData, node: Node): string | undefined {
  if (!isDynamicRange(node)) return undefined;
  const rounding = { xnnpack: "", tflite: ", as TFLite's built-in kernels do", onnx: ", as ONNX Runtime does" }[
    node.numerics
  ];
  return `dynamic range: "${model.tensors[node.inputs[0]!]!.name}" is quantized to int8 while the model runs${rounding}`;
}

/** The file states which nodes leave its profile; it does not state why, but only two reasons are possible. */
function whyOtherNumerics(model: ModelData, { op, numerics }: Node): string {
  const hasArithmetic = findOp(op)?.numerics.includes(model.numerics);
  const why = hasArithmetic
    ? `its types or scales are outside of what ${model.numerics} takes`
    : `${model.numerics} has no ${op}`;
  return `computes as ${numerics} does: ${why}`;
}

function hasEightBits({ dtype }: Tensor): boolean {
  return dtype === "int8" || dtype === "uint8";
}

function isIndex({ dtype }: Tensor): boolean {
  return dtype === "int32" || dtype === "int64";
}
