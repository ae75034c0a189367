/** Models of one operator that ONNX Runtime ran (make_onnx_runtime.py), as the nodes of ours that should give the same bytes. */
import { type DType, elementsOf, type TypedData } from "../../host/core/dtype.js";
import type { Attributes, ModelData, Tensor, TensorType } from "../../host/core/model.js";
import { constant, singleNode } from "../conformance/case.js";

type Params = readonly [scale: number, zeroPoint: number];

interface StoredTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** base64 */
  readonly data: string;
}

export interface OnnxCase {
  readonly kind: string;
  /** Of the quantized activations, in dynamic cases of the weights. */
  readonly dtype: "int8" | "uint8";
  /** The .onnx file, base64. */
  readonly model: string;
  readonly inputs: readonly StoredTensor[];
  readonly output: StoredTensor;
  /** Scale and zero point of each quantized input, then of the output. */
  readonly q: readonly Params[];
  readonly alpha?: number;
  /** Of a pool. */
  readonly window?: {
    readonly filter: readonly number[];
    readonly stride: readonly number[];
    readonly padding: readonly number[];
    /** Whether padding counts. */
    readonly counts: boolean;
  };
  readonly weights?: StoredTensor;
  readonly weightScales?: readonly number[];
  readonly weightZeroPoint?: number;
  readonly bias?: StoredTensor;
}

const bytesOf = (tensor: StoredTensor) => new Uint8Array(Buffer.from(tensor.data, "base64"));
const elements = (tensor: StoredTensor) => elementsOf(tensor.dtype, bytesOf(tensor));

/** Stored values as qbin has them: int8, 128 lower where the file has uint8. */
function toInt8(tensor: StoredTensor): Int8Array<ArrayBuffer> {
  return Int8Array.from(elements(tensor) as Uint8Array, (q) =>
    tensor.dtype === "uint8" ? Number(q) - 128 : Number(q),
  );
}

/** The .onnx files have NCHW, ours NHWC. */
function channelsLast(shape: readonly number[]): readonly number[] {
  const [n, c, h, w] = shape as [number, number, number, number];
  return [n, h, w, c];
}

function turned(data: Int8Array, shape: readonly number[]): Int8Array<ArrayBuffer> {
  const [n, c, h, w] = shape as [number, number, number, number];
  const result = new Int8Array(data.length);
  data.forEach((value, i) => {
    const [x, y, channel, image] = [i % w, Math.floor(i / w) % h, Math.floor(i / w / h) % c, Math.floor(i / w / h / c)];
    if (image < n) result[((image * h + y) * w + x) * c + channel] = value;
  });
  return result;
}

/** With padding that counts, as a node in front of the pool would pad. */
function padded(test: OnnxCase): OnnxCase {
  const { inputs, window, q } = test;
  if (!window?.counts) return test;
  const [input] = inputs as [StoredTensor];
  const [n, c, h, w] = input.shape as [number, number, number, number];
  const [top, left, bottom, right] = window.padding as [number, number, number, number];
  const [height, width] = [top + h + bottom, left + w + right];
  const from = bytesOf(input);
  const data = new Uint8Array(n * c * height * width).fill(q[0]![1]);
  from.forEach((value, i) => {
    const [plane, y, x] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
    data[(plane * height + top + y) * width + left + x] = value;
  });
  const shape = [n, c, height, width];
  return { ...test, inputs: [{ ...input, shape, data: Buffer.from(data).toString("base64") }] };
}

/** The node, what it reads, and what it should write. */
export function convert(entry: OnnxCase): { model: ModelData; inputs: TypedData[]; expected: TypedData } {
  const test = padded(entry);
  const unsigned = test.dtype === "uint8";
  const shift = unsigned ? 128 : 0;
  const isImage = ["mean", "average_pool2d", "conv2d"].includes(test.kind);
  const shapeOf = ({ shape }: StoredTensor) => (isImage ? channelsLast(shape) : shape);
  const int8 = (name: string, shape: readonly number[], [scale, zeroPoint]: Params): TensorType => {
    return { name, dtype: "int8", shape, quantization: { scale: [scale], zeroPoint: zeroPoint - shift } };
  };
  const isFloat = test.inputs[0]!.dtype === "float32";
  const types: (Tensor | undefined)[] = test.inputs.map((input, i) =>
    isFloat ? { name: `x${i}`, dtype: "float32", shape: input.shape } : int8(`x${i}`, shapeOf(input), test.q[i]!),
  );
  if (test.weights) types.push(...weightsOf(test));
  const output = test.output.dtype.endsWith("int8")
    ? int8("y", [], test.q.at(-1)!)
    : { name: "y", dtype: test.output.dtype };
  const { op, attributes } = nodeOf(test, unsigned);
  const stored = (tensor: StoredTensor): TypedData => {
    if (!tensor.dtype.endsWith("int8")) return elements(tensor);
    return isImage ? turned(toInt8(tensor), tensor.shape) : toInt8(tensor);
  };
  return {
    model: singleNode(op, types, [output as TensorType], attributes, "onnx"),
    inputs: test.inputs.map(stored),
    expected: stored(test.output),
  };
}

function weightsOf(test: OnnxCase): (Tensor | undefined)[] {
  const { weights, weightScales: scale = [1], weightZeroPoint = 0, bias } = test;
  const zeroPoint = weights!.dtype === "uint8" ? weightZeroPoint - 128 : weightZeroPoint;
  const [out, depth, h = 1, w = 1] = weights!.shape as [number, number, number?, number?];
  const data = toInt8(weights!);
  // conv2d: OIHW to OHWI; a matrix product: [K, N] to [N, K].
  const isConv = test.kind === "conv2d";
  const shape = isConv ? [out, h, w, depth] : [depth, out];
  const values = isConv
    ? turned(data, weights!.shape)
    : data.map((_, i) => data[(i % out) * depth + Math.floor(i / out)]!);
  const quantization = { scale: [...scale], zeroPoint, ...(scale.length > 1 && { axis: 0 }) };
  return [
    constant({ name: "weights", dtype: "int8", shape, quantization }, values),
    bias && constant({ name: "bias", dtype: bias.dtype, shape: bias.shape }, elements(bias)),
  ];
}

function nodeOf(test: OnnxCase, unsigned: boolean): { op: string; attributes: Attributes } {
  const fused = { activation: "none", unsigned };
  switch (test.kind) {
    case "mean":
      return { op: "mean", attributes: { axes: [1, 2], keepDims: true, unsigned } };
    case "average_pool2d": {
      const { filter, stride, padding, counts } = test.window!;
      return {
        op: "average_pool2d",
        attributes: { filter, stride, padding: counts ? [0, 0, 0, 0] : padding, ...fused },
      };
    }
    case "conv2d":
      return {
        op: "conv2d",
        attributes: { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 1, ...fused },
      };
    case "dynamic":
      return { op: "fully_connected", attributes: { activation: "none", unsigned: false, mode: "dynamic-range" } };
    case "batch_matmul":
    case "sums":
      return { op: "batch_matmul", attributes: { transposeA: false, transposeB: false } };
    case "softmax":
      return { op: "softmax", attributes: { beta: 1, unsigned } };
    case "leaky_relu":
      return { op: "leaky_relu", attributes: { alpha: test.alpha! } };
    case "requantize":
      return { op: "requantize", attributes: { arithmetic: "profile" } };
    case "relu":
      return { op: "relu", attributes: { activation: "relu" } };
    case "logistic":
    case "tanh":
      return { op: test.kind, attributes: { unsigned } };
    case "quantize":
    case "hard_swish":
      return { op: test.kind, attributes: {} };
    default:
      return { op: test.kind, attributes: fused };
  }
}
