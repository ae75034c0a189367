import { QuantizationError, ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import type { FileNode } from "../file.js";
import { isByte, type Target, type Value } from "../value.js";
import { readParameters } from "./parameters.js";
import { runTimeMatMul } from "./run-time.js";
import { CONCAT, channelAxis, NHWC_MAX_POOL, SECOND_POINT, SPELLINGS, type Spelling } from "./spellings.js";
import { withParameters } from "./tagged.js";
import type { Unit } from "./unit.js";

/** The float operator that an operator on quantized tensors is, its inputs and result with the scales it names. */
export function spelledUnit(node: FileNode, inputs: readonly (Value | undefined)[]): Unit | undefined {
  if (node.kind === CONCAT) return concatUnit(node, inputs);
  if (node.kind === NHWC_MAX_POOL) return poolUnit(node, inputs);
  const spelling = SPELLINGS.get(node.kind);
  if (spelling === undefined) return undefined;
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
  const isChannelsLast = node.attributes.int("channels_last", 0) === 1;
  return {
    node: { ...node, kind: spelling.kind },
    inputs: bias ? [...data, bias] : data,
    target,
    isDynamic: spelling.isDynamic === true,
    isChannelsLast,
    ...(opset > 0 && { opset }),
  };
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

function poolUnit(node: FileNode, inputs: readonly (Value | undefined)[]): Unit {
  const value = required(inputs[0], "input 0");
  if (!isByte(value.type)) throw new UnsupportedOpError("tensor-type", `its input ${value.label} is ${value.type}`);
  return { node: { ...node, kind: "MaxPool" }, inputs: [value], isChannelsLast: true };
}

function required(value: Value | undefined, role: string): Value {
  if (value === undefined) throw new ShapeError(`${role} is missing`);
  return value;
}

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
