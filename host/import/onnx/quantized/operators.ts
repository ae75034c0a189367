import { QuantizationError, ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import type { FileNode } from "../file.js";
import { isByte, RAW, type Target, Value } from "../value.js";
import { readParameters, sameParameters, shownParameters, weightObstacle } from "./parameters.js";
import { runTimeMatMul } from "./run-time.js";
import type { Unit } from "./unit.js";

/** Positions of a tensor, its scale and its zero point among an operator's inputs; −1 where it has none. */
type Triple = readonly [tensor: number, scale: number, zeroPoint: number];

/** How an operator that computes on quantized tensors is written, and which float operator it is. */
interface Spelling {
  readonly kind: string;
  readonly inputs: readonly Triple[];
  /** Input that is a bias of 32 bits, or with `isFloat` one of float32. */
  readonly bias?: number;
  /** Scale and zero point of the result; absent where it is a sum of 32 bits or float32. */
  readonly output?: readonly [scale: number, zeroPoint: number];
  readonly result?: "INT32" | "FLOAT";
  /** Input 0 is float32. */
  readonly isDynamic?: true;
  /** Weights have one scale. */
  readonly isPerTensor?: true;
}

const PAIR = {
  inputs: [
    [0, 1, 2],
    [3, 4, 5],
  ],
  output: [6, 7],
} as const;
const SINGLE = { inputs: [[0, 1, 2]], output: [3, 4] } as const;
const INTEGER = {
  inputs: [
    [0, -1, 2],
    [1, -1, 3],
  ],
  result: "INT32",
} as const;
const MS = "com.microsoft.";

/** Kind of a convolution of float32 with weights of 8 bits, whose input is quantized while the model runs. */
export const DYNAMIC_CONV = "DynamicQuantizeConv";

const SPELLINGS = new Map<string, Spelling>(
  Object.entries({
    QLinearConv: { kind: "Conv", ...PAIR, bias: 8 },
    QLinearMatMul: { kind: "MatMul", ...PAIR },
    ConvInteger: { kind: "Conv", ...INTEGER },
    MatMulInteger: { kind: "MatMul", ...INTEGER },
    [`${MS}QLinearAdd`]: { kind: "Add", ...PAIR },
    [`${MS}QLinearMul`]: { kind: "Mul", ...PAIR },
    [`${MS}QLinearSigmoid`]: { kind: "Sigmoid", ...SINGLE },
    [`${MS}QLinearLeakyRelu`]: { kind: "LeakyRelu", ...SINGLE },
    [`${MS}QLinearAveragePool`]: { kind: "AveragePool", ...SINGLE },
    [`${MS}QLinearGlobalAveragePool`]: { kind: "GlobalAveragePool", ...SINGLE },
    [`${MS}QLinearSoftmax`]: { kind: "Softmax", ...SINGLE },
    [`${MS}QGemm`]: { kind: "Gemm", inputs: PAIR.inputs, bias: 6, output: [7, 8], result: "FLOAT" },
    [`${MS}MatMulIntegerToFloat`]: {
      kind: "MatMul",
      inputs: [
        [0, 2, 4],
        [1, 3, 5],
      ],
      bias: 6,
      result: "FLOAT",
    },
    [`${MS}DynamicQuantizeMatMul`]: {
      kind: "MatMul",
      inputs: [
        [0, -1, -1],
        [1, 2, 3],
      ],
      bias: 4,
      result: "FLOAT",
      isDynamic: true,
    },
    [DYNAMIC_CONV]: {
      kind: "Conv",
      inputs: [
        [0, -1, -1],
        [1, 2, 3],
      ],
      result: "FLOAT",
      isDynamic: true,
      isPerTensor: true,
    },
  } satisfies Record<string, Spelling>),
);

const CONCAT = `${MS}QLinearConcat`;

/** Where the zero point of its second matrix is, for operators that may get it at run time. */
const SECOND_POINT = new Map([
  ["MatMulInteger", 3],
  [`${MS}MatMulIntegerToFloat`, 5],
  [`${MS}DynamicQuantizeMatMul`, 3],
]);

/** A product of matrices both of which were quantized while the model runs: matrices, zero points, scales, bias. */
function runTimeUnit(
  node: FileNode,
  inputs: readonly (Value | undefined)[],
  { inputs: data, bias, result }: Spelling,
): Unit {
  const order = [0, 2, 1].flatMap((part) => data.map((triple) => triple[part] as number));
  const all = [...order, bias ?? -1].map((i) => (i === -1 ? undefined : inputs[i]));
  return { node, inputs: all, target: { type: result ?? "FLOAT" }, convert: runTimeMatMul };
}

function isRunTime({ kind }: FileNode, inputs: readonly (Value | undefined)[]): boolean {
  const point = inputs[SECOND_POINT.get(kind) ?? -1];
  return point !== undefined && !point.isConstant;
}

export function quantizedOperators(): string[] {
  return [...[...SPELLINGS.keys()].filter((kind) => kind !== DYNAMIC_CONV), CONCAT];
}

/** Positions of scale and zero point of an operator's input `i`; −1 where it has none, undefined for other operators. */
export function declaredPlace({ kind }: FileNode, i: number): readonly [scale: number, zeroPoint: number] | undefined {
  if (kind === CONCAT) return i >= 2 && (i - 2) % 3 === 0 ? [i + 1, i + 2] : undefined;
  const triple = SPELLINGS.get(kind)?.inputs.find(([tensor]) => tensor === i);
  return triple && [triple[1], triple[2]];
}

/** The float operator that an operator on quantized tensors is, its inputs and result with the scales it names. */
export function spelledUnit(node: FileNode, inputs: readonly (Value | undefined)[]): Unit | undefined {
  if (node.kind === CONCAT) return concatUnit(node, inputs);
  const spelling = SPELLINGS.get(node.kind);
  if (spelling === undefined) return undefined;
  refuseChannelsLast(node);
  if (isRunTime(node, inputs)) return runTimeUnit(node, inputs, spelling);
  const at = (i: number) => (i === -1 ? undefined : inputs[i]);
  const data = spelling.inputs.map(([tensor, scale, zeroPoint], i) => {
    const value = required(at(tensor), `input ${tensor}`);
    if (spelling.isDynamic && i === 0) return value;
    const axis = i === 1 && !spelling.isPerTensor ? channelAxis({ ...node, kind: spelling.kind }, value) : undefined;
    return withParameters(value, at(scale), at(zeroPoint), scale === -1, axis);
  });
  const bias = spelling.bias === undefined ? undefined : at(spelling.bias);
  const target = targetOf(spelling, inputs, data[0] as Value);
  const opset = node.attributes.int("opset", 0);
  const unit = { node: { ...node, kind: spelling.kind }, inputs: bias ? [...data, bias] : data, target };
  return opset > 0 ? { ...unit, opset } : unit;
}

function targetOf({ output, result }: Spelling, inputs: readonly (Value | undefined)[], data: Value): Target {
  const [scale, zeroPoint] = output ?? [-1, -1];
  if (output === undefined || (result !== undefined && inputs[scale] === undefined)) return { type: result ?? "FLOAT" };
  const point = inputs[zeroPoint];
  const type = point === undefined ? data.type : point.type;
  if (!isByte(type)) throw new UnsupportedOpError("tensor-type", `its zero point ${point?.label} is ${type}`);
  const quantization = readParameters({ scale: inputs[scale], zeroPoint: point });
  if (quantization.scale.length > 1) {
    throw new QuantizationError(`its result has ${quantization.scale.length} scales; activations have one`);
  }
  return { type, quantization: { ...quantization } };
}

/** The axis of the weights that counts output channels, for operators that have weights. */
export function channelAxis({ kind, attributes }: FileNode, weights: Value): number | undefined {
  if (kind === "Conv") return 0;
  if (kind === "MatMul") return Math.max(0, weights.rank - 1);
  if (kind === "Gemm") return attributes.int("transB", 0) === 1 ? 0 : 1;
  return undefined;
}

/**
 * A value of 8 bits as an operator reads it, with the scale it names; a list of scales is along axis `channels`. `isRaw`
 * operators name none and count in steps of 1.
 */
function withParameters(
  value: Value,
  scale: Value | undefined,
  zeroPoint: Value | undefined,
  isRaw: boolean,
  channels?: number,
): Value {
  if (!isByte(value.type)) throw new UnsupportedOpError("tensor-type", `its input ${value.label} is ${value.type}`);
  if (zeroPoint !== undefined && zeroPoint.type !== value.type) {
    throw new UnsupportedOpError(
      "types",
      `its input ${value.label} is ${value.type} and the zero point ${zeroPoint.label} ${zeroPoint.type}`,
    );
  }
  const points = isRaw ? zeroPoint?.constant?.data : undefined;
  if (points?.some((point) => point !== points[0])) {
    throw new UnsupportedOpError(
      "quantization",
      `its zero point ${zeroPoint?.label} has several values; one is supported`,
    );
  }
  const one = new Value("1", "FLOAT", [], { type: "FLOAT", shape: [], data: Float32Array.of(1) });
  const { axis, ...parameters } = readParameters({ scale: isRaw ? one : scale, zeroPoint });
  if (axis === undefined) return tagged(value, parameters);
  const count = parameters.scale.length;
  if (channels === undefined) {
    throw new QuantizationError(`its input ${value.label} has ${count} scales; activations have one`);
  }
  if (value.shape[channels] !== count) {
    throw new ShapeError(
      `its weights ${value.label} have ${count} scales for ${value.shape[channels]} output channels`,
    );
  }
  const weights = tagged(value, { ...parameters, axis: channels });
  const obstacle = weightObstacle(weights, channels);
  if (obstacle !== undefined) throw new UnsupportedOpError("quantization", obstacle);
  return weights;
}

/** The same value with a scale and zero point. A computed one has them already, and they must be the same. */
export function tagged(value: Value, quantization: NonNullable<Value["quantization"]>): Value {
  if (sameParameters(value.quantization, quantization)) return value;
  if (value.isConstant) {
    return new Value(value.name, value.type, value.shape, () => value.constant!, { quantization });
  }
  const known = value.quantization ?? RAW;
  if (quantization.scale.length === 1 && quantization.zeroPoint.length === 1 && sameParameters(known, quantization)) {
    return value;
  }
  const [here, there] = [shownParameters(quantization), shownParameters(known)];
  throw new QuantizationError(`it reads ${value.label} with ${here}; where that is computed it has ${there}`);
}

/** QLinearConcat: scale and zero point of the result, then three inputs for each tensor. */
function concatUnit(node: FileNode, inputs: readonly (Value | undefined)[]): Unit {
  if (inputs.length < 5 || (inputs.length - 2) % 3 !== 0) {
    throw new ShapeError(`its ${inputs.length} inputs are not a scale and zero point, and three for each tensor`);
  }
  const count = (inputs.length - 2) / 3;
  const data = Array.from({ length: count }, (_, i) => {
    const [value, scale, zeroPoint] = [inputs[3 * i + 2], inputs[3 * i + 3], inputs[3 * i + 4]];
    return withParameters(required(value, `input ${3 * i + 2}`), scale, zeroPoint, false);
  });
  const target = targetOf({ kind: "Concat", inputs: [], output: [0, 1] }, inputs, data[0] as Value);
  return { node: { ...node, kind: "Concat" }, inputs: data, target };
}

function required(value: Value | undefined, role: string): Value {
  if (value === undefined) throw new ShapeError(`${role} is missing`);
  return value;
}

/** Nodes of ONNX Runtime's own making may compute on [N,H,W,C]; files for others to read do not. */
function refuseChannelsLast({ attributes }: FileNode): void {
  if (attributes.int("channels_last", 0) === 1) throw new UnsupportedOpError("layout", "its tensors are channels-last");
}
