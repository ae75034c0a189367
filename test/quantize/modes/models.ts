import type { ModelData, Tensor } from "../../../host/core/model.js";
import { realValues } from "../../../host/core/stored.js";
import { GraphBuilder } from "../../../host/graph/builder.js";
import { Random } from "../../conformance/case.js";

const bytesOf = (values: Float32Array<ArrayBuffer>) => new Uint8Array(values.buffer);
const WINDOW = { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], activation: "relu", unsigned: false };

/** Convolution, depthwise convolution, add, and two products with the same weights: "conv", "depthwise", "sum", "a", "b". */
export function floatModel(weights: (count: number) => Float32Array<ArrayBuffer> = random()): ModelData {
  const builder = new GraphBuilder({ name: "float", description: "", numerics: "xnnpack" });
  const constant = (name: string, shape: readonly number[]) => {
    const count = shape.reduce((product, dimension) => product * dimension, 1);
    return builder.constant({ name, dtype: "float32", shape }, bytesOf(weights(count)));
  };
  const node = (op: string, name: string, inputs: number[], attributes: object) => {
    const outputs = [{ name, dtype: "float32" }] as const;
    return builder.node({ op, name, numerics: "xnnpack", inputs, attributes: attributes as never, outputs })[0]!;
  };
  const x = builder.input({ name: "x", dtype: "float32", shape: [1, 5, 5, 3] });
  const conv = node("conv2d", "conv", [x, constant("w conv", [6, 3, 3, 3]), constant("bias", [6])], {
    ...WINDOW,
    groups: 1,
  });
  const depthwise = node("depthwise_conv2d", "depthwise", [conv, constant("w depthwise", [1, 3, 3, 6]), -1], WINDOW);
  const sum = node("add", "sum", [depthwise, depthwise], { activation: "none", unsigned: false });
  const shared = constant("w shared", [6, 6]);
  const a = node("fully_connected", "a", [sum, shared, -1], { activation: "none", unsigned: false });
  builder.output(node("fully_connected", "b", [a, shared, -1], { activation: "none", unsigned: false }));
  return builder.build();
}

/** 45 and 48 weights in a channel: "conv", "product". */
export function deepModel(weights: (count: number) => Float32Array<ArrayBuffer> = random()): ModelData {
  const builder = new GraphBuilder({ name: "deep", description: "", numerics: "xnnpack" });
  const constant = (name: string, shape: readonly number[]) => {
    const count = shape.reduce((product, dimension) => product * dimension, 1);
    return builder.constant({ name, dtype: "float32", shape }, bytesOf(weights(count)));
  };
  const node = (op: string, name: string, inputs: number[], attributes: object) => {
    const outputs = [{ name, dtype: "float32" }] as const;
    return builder.node({ op, name, numerics: "xnnpack", inputs, attributes: attributes as never, outputs })[0]!;
  };
  const x = builder.input({ name: "x", dtype: "float32", shape: [1, 6, 6, 5] });
  const conv = node("conv2d", "conv", [x, constant("w conv", [3, 3, 3, 5]), -1], { ...WINDOW, groups: 1 });
  const flat = node("reshape", "flat", [conv], { shape: [1, 48] });
  const product = constant("w product", [5, 48]);
  builder.output(node("fully_connected", "product", [flat, product, -1], { activation: "none", unsigned: false }));
  return builder.build();
}

function random(): (count: number) => Float32Array<ArrayBuffer> {
  const source = new Random(5);
  return (count) => source.float32s(count);
}

export const ALL = new Set(["conv", "depthwise", "sum", "a", "b", "product"]);

/** The weights that a node reads, as they are stored and as real numbers. */
export function weightsOf(graph: ModelData, node: string): Tensor & { real: Float32Array } {
  const { inputs } = graph.nodes.find(({ name }) => name === node)!;
  const tensor = graph.tensors[inputs[1]!]!;
  const data = tensor.dtype === "float32" ? new Float32Array(tensor.data!.slice().buffer) : tensor.data!;
  const typed = tensor.dtype === "int8" ? new Int8Array(data.buffer) : data;
  return { ...tensor, real: realValues({ ...tensor, data: typed as never }) };
}

/** The largest of |a − b| over the largest of |b|. */
export function worst(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let size = 0;
  b.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(value - a[i]!));
    size = Math.max(size, Math.abs(value));
  });
  return difference / size;
}
