import { integers, isQuantized, type Value } from "./value.js";

/** An operator as the file has it, which is what the delegate looks at. */
export interface Candidate {
  readonly kind: string;
  /** undefined where an optional input is absent. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  /** Slope of LEAKY_RELU. */
  readonly alpha?: number;
  /** [height, width] of TRANSPOSE_CONV with SAME padding. */
  readonly sameStride?: readonly number[];
}

/** Whether XNNPACK computes a node in profile "xnnpack"; if not, TFLite's built-in kernel does, for `reason`. */
export type Decision = { readonly delegated: true } | { readonly delegated: false; readonly reason: string };

const f = Math.fround;
const YES: Decision = { delegated: true };
const no = (reason: string): Decision => ({ delegated: false, reason });

/** Operators XNNPACK takes whenever types and quantization are plain. */
const ALWAYS = new Set(
  (
    "DEQUANTIZE LOGISTIC TANH MAX_POOL_2D MEAN SUM PAD RESHAPE TRANSPOSE SLICE SPLIT RESIZE_BILINEAR " +
    "CONV_2D DEPTHWISE_CONV_2D FULLY_CONNECTED TRANSPOSE_CONV ADD SUB MUL LEAKY_RELU QUANTIZE STRIDED_SLICE " +
    "CONCATENATION ELU REDUCE_MAX REDUCE_MIN DEPTH_TO_SPACE SPACE_TO_DEPTH"
  ).split(" "),
);

/** Operators that XNNPACK does not even have for float32. */
const NEVER = new Set(
  (
    "REVERSE_V2 BROADCAST_TO TILE GATHER LOG SIGN LOG_SOFTMAX FAKE_QUANT L2_NORMALIZATION LOCAL_RESPONSE_NORMALIZATION CAST POW " +
    "REDUCE_PROD"
  ).split(" "),
);

const TWO = "ADD SUB MUL DIV MAXIMUM MINIMUM POW SQUARED_DIFFERENCE PRELU BATCH_MATMUL".split(" ");
const POSITIONS = new Map<string, readonly number[]>([
  ["SPLIT", [1]],
  ["TRANSPOSE_CONV", [2]],
  ...TWO.map((kind) => [kind, [0, 1]] as const),
]);
const ALL = new Set(["CONCATENATION", "PACK"]);

const MATRIX = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);

/** A product of float32 activations with 8-bit weights. */
export function isHybrid({ inputs }: Pick<Candidate, "inputs">): boolean {
  const [input, weights] = inputs;
  return input?.type === "FLOAT32" && weights !== undefined && isQuantized(weights);
}

/** Inputs that carry values; the others are shapes, axes and the like. Where nothing is said, only the first does. */
export function dataInputs(candidate: Candidate): Value[] {
  const { kind, inputs } = candidate;
  const positions = POSITIONS.get(kind) ?? (ALL.has(kind) ? inputs.map((_, i) => i) : [0]);
  return positions.map((i) => inputs[i]).filter((value) => value !== undefined);
}

/**
 * The delegate's predicate with its default flags: signed and unsigned 8-bit on. It is literal, because a scale that
 * crosses one of its bounds moves a node from one arithmetic to the other. Float nodes count as delegated.
 */
export function delegated(candidate: Candidate): Decision {
  const { kind, outputs } = candidate;
  const values = [...dataInputs(candidate), ...outputs];
  const quantized = values.filter(isQuantized);
  if (quantized.length === 0) {
    if (NEVER.has(kind)) return no(`XNNPACK has no ${kind}`);
    if (MATRIX.has(kind) && isHybrid(candidate)) return hybridDecision(candidate);
    return values.every((value) => value.type === "FLOAT32") ? YES : no("XNNPACK computes no integers");
  }
  if (!ALWAYS.has(kind)) return no(`XNNPACK has no quantized ${kind}`);
  if (quantized.some((value) => value.quantization?.scale.length !== 1))
    return no("a tensor has not exactly one scale");
  if (quantized.some(({ type }) => type === "INT16")) return no("XNNPACK computes no int16");
  const types = new Set(quantized.map((value) => value.type));
  if (types.size > 1) return no("int8 and uint8 meet");
  switch (kind) {
    case "CONV_2D":
    case "DEPTHWISE_CONV_2D":
    case "FULLY_CONNECTED":
      return matrixDecision(candidate, candidate.inputs);
    case "TRANSPOSE_CONV":
      return transposeConvDecision(candidate);
    case "ELU":
      return types.has("UINT8") ? no("XNNPACK has no uint8 ELU") : YES;
    case "ADD":
    case "SUB":
      return sumDecision(candidate);
    case "MUL":
      return productDecision(candidate);
    case "LEAKY_RELU":
      return leakyReluDecision(candidate);
    case "QUANTIZE":
      return quantizeDecision(candidate);
    case "STRIDED_SLICE":
      return stridesDecision(candidate);
    case "CONCATENATION":
      return concatenationDecision(candidate);
    default:
      return YES;
  }
}

function scale(value: Value | undefined): number {
  return f(value?.quantization?.scale[0] ?? Number.NaN);
}

/** Its inputs are shape, weights, input, bias, and it needs no bias. */
function transposeConvDecision(candidate: Candidate): Decision {
  const [, weights, input, bias] = candidate.inputs;
  const { sameStride = [0, 0] } = candidate;
  const [, height = 0, width = 0] = weights?.shape ?? [];
  if (height < (sameStride[0] ?? 0) || width < (sameStride[1] ?? 0)) return no("its kernel is smaller than its stride");
  return matrixDecision(candidate, [input, weights, bias]);
}

function matrixDecision({ kind, outputs }: Candidate, [input, weights, bias]: Candidate["inputs"]): Decision {
  if (weights?.data === undefined) return no("its weights are not constant");
  if (weights.type !== input?.type) return no(`its weights are ${weights.type}`);
  const q = weights.quantization;
  if (q === undefined) return no("its weights have no scale");
  if (weights.type === "UINT8" && (q.scale.length !== 1 || q.axis !== 0)) {
    return no(`its uint8 weights have ${q.scale.length} scales on dimension ${q.axis}; it wants one on dimension 0`);
  }
  const symmetric = kind === "FULLY_CONNECTED" || q.scale.length > 1;
  if (weights.type === "INT8" && symmetric && q.zeroPoint.some((zeroPoint) => zeroPoint !== 0)) {
    return no("its int8 weights have a zero point");
  }
  if (bias === undefined && kind !== "FULLY_CONNECTED" && kind !== "TRANSPOSE_CONV") return no("it has no bias");
  for (const s of q.scale) {
    const ratio = f(f(scale(input) * f(s)) / scale(outputs[0]));
    if (!(ratio < 256)) return no(`input scale · weight scale / output scale is ${ratio}, not below 256`);
  }
  return YES;
}

function hybridDecision({ kind, inputs }: Candidate): Decision {
  if (kind === "DEPTHWISE_CONV_2D") return no("XNNPACK has no DEPTHWISE_CONV_2D of float32 with int8");
  if (kind === "CONV_2D" && inputs[2] === undefined) return no("it has no bias");
  return YES;
}

function sumDecision({ inputs, outputs }: Candidate): Decision {
  for (const input of inputs) {
    const ratio = f(scale(input) / scale(outputs[0]));
    if (!(ratio >= 2 ** -10 && ratio < 256)) return no(`input scale / output scale is ${ratio}, outside [2^-10, 2^8)`);
  }
  return YES;
}

function productDecision({ inputs, outputs }: Candidate): Decision {
  const ratio = f(f(scale(inputs[0]) * scale(inputs[1])) / scale(outputs[0]));
  if (ratio >= 2 ** -16 && ratio < 256) return YES;
  return no(`the product of the input scales / output scale is ${ratio}, outside [2^-16, 2^8)`);
}

function leakyReluDecision({ inputs, outputs, alpha = Number.NaN }: Candidate): Decision {
  const slope = f(alpha);
  const normal = Math.abs(slope) >= 2 ** -126 && Math.abs(slope) < Number.POSITIVE_INFINITY;
  if (!normal) return no(`its slope ${slope} is not a normal number`);
  const positive = f(scale(inputs[0]) / scale(outputs[0]));
  if (!(positive >= 2 ** -8 && positive <= 128)) {
    return no(`input scale / output scale is ${positive}, outside [2^-8, 2^7]`);
  }
  const negative = f(positive * slope);
  if (!(negative >= -127.99609375 && negative <= 128 && Math.abs(negative) >= 2 ** -8)) {
    return no(`slope · input scale / output scale is ${negative}, outside [-127.996, 128] or nearer to 0 than 2^-8`);
  }
  return YES;
}

function quantizeDecision({ inputs, outputs }: Candidate): Decision {
  if (inputs[0]?.type === "FLOAT32") return YES;
  const ratio = f(scale(inputs[0]) / scale(outputs[0]));
  if (ratio >= 2 ** -8 && ratio <= 128) return YES;
  return no(`input scale / output scale is ${ratio}, outside [2^-8, 2^7]`);
}

function stridesDecision({ inputs }: Candidate): Decision {
  const strides = inputs[3];
  if (strides?.data === undefined) return no("its strides are not constant");
  return integers(strides, "strides").every((stride) => stride === 1) ? YES : no("its strides are not all 1");
}

function concatenationDecision({ inputs, outputs }: Candidate): Decision {
  if (inputs.length > 5) return no(`it has ${inputs.length} inputs; XNNPACK takes 5`);
  const output = outputs[0];
  if (output?.type !== "UINT8") return YES;
  const equal = inputs.every(
    (input) =>
      scale(input) === scale(output) &&
      (input?.quantization?.zeroPoint[0] ?? 0) === (output.quantization?.zeroPoint[0] ?? 0),
  );
  return equal ? YES : no("its uint8 inputs and output differ in scale or zero point");
}
