import type { DType } from "../core/dtype.js";
import type { ModelData, Node, Tensor } from "../core/model.js";
import { findOp } from "../ops/index.js";

/** The precision of a node: that of its values, or float16 where it holds its weights in that and computes in float32. */
export type RunsIn = DType;

/** Why a node has its precision and its arithmetic. */
export interface Explanation {
  readonly node: string;
  readonly op: string;
  readonly runsIn: RunsIn;
  /** A clause, without a full stop. */
  readonly why: string;
}

/**
 * For every node of a graph, what it runs in and why. A graph shows most of it; what only an importer can know comes from its
 * notes, which count more. Notes for nodes that are not there any more are passed over.
 */
export function explain(
  model: ModelData,
  notes: readonly { readonly node: string; readonly reason: string }[] = [],
): Explanation[] {
  const reasons = new Map(notes.map(({ node, reason }) => [node, reason]));
  return model.nodes.map((node) => {
    const { runsIn, why } = describe(model, node);
    const reason = reasons.get(node.name) ?? why ?? `all it reads and writes is ${runsIn}`;
    return { node: node.name, op: node.op, runsIn, why: reason };
  });
}

function describe(model: ModelData, node: Node): { runsIn: RunsIn; why: string | undefined } {
  const why = howDynamic(model, node);
  if (why !== undefined) return { runsIn: "int8", why };
  return differsInWidth(model, node) ?? { runsIn: "int8", why: whyOtherNumerics(model, node) };
}

/**
 * A node runs in int8 when every value it reads and every real value it writes has 8 bits. Indices, the result of
 * arg_max, are no real values. For any other node: what it runs in, and why.
 */
function differsInWidth({ tensors }: ModelData, { inputs, outputs }: Node) {
  const activations = inputs.flatMap((index) => (index < 0 || tensors[index]!.data ? [] : [tensors[index]!]));
  const constants = inputs.flatMap((index) => (index >= 0 && tensors[index]!.data ? [tensors[index]!] : []));
  const results = outputs.map((index) => tensors[index]!);
  const read = activations.find((tensor) => !hasEightBits(tensor));
  const written = results.find((tensor) => !hasEightBits(tensor) && !isIndex(tensor));
  if (read === undefined && written === undefined) return undefined;
  if (read === undefined) {
    return { runsIn: written!.dtype, why: `turns ${activations[0]?.dtype ?? "constants"} into ${written!.dtype}` };
  }
  const runsIn = read.dtype;
  if (written === undefined && results.some(hasEightBits)) {
    return { runsIn, why: `turns ${runsIn} into ${results[0]!.dtype}` };
  }
  const small = constants.find((tensor) => tensor.dtype === "float16" || tensor.quantization);
  if (small === undefined) return { runsIn, why: `the model computes "${read.name}" in ${runsIn}` };
  const why = `its weights are stored as ${describeStorage(small)}, and it computes in ${runsIn}`;
  return { runsIn: small.dtype === "float16" ? small.dtype : runsIn, why };
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

/** Products of dynamic range are int8, because activations become so while the model runs. */
function howDynamic(model: ModelData, node: Node): string | undefined {
  if (node.attributes["mode"] !== "dynamic-range") return undefined;
  const rounding = { xnnpack: "", tflite: ", as TFLite's built-in kernels do", onnx: ", as ONNX Runtime does" }[
    node.numerics
  ];
  return `dynamic range: "${model.tensors[node.inputs[0]!]!.name}" is quantized to int8 while the model runs${rounding}`;
}

const KERNELS: Readonly<Record<string, string>> = {
  reference: "rounds as TFLite's reference kernel does",
  micro: "rounds as TFLite Micro does",
};

/** A graph states which nodes leave its profile; it does not state why, but only two reasons are possible. */
function whyOtherNumerics(model: ModelData, { op, numerics, attributes }: Node): string | undefined {
  if (numerics === model.numerics) return KERNELS[String(attributes["kernels"])];
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
