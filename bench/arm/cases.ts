import type { ModelData } from "../../host/core/model.js";
import type { Family, ModuleName } from "../../host/wasm/kernel.js";
import { constant, int8, Random, singleNode } from "../../test/conformance/case.js";

/** One kernel on one layer. */
export interface ArmCase {
  readonly name: string;
  readonly module: ModuleName;
  readonly family: Family;
  readonly layer: Layer;
}

interface Layer {
  readonly op: "conv2d" | "depthwise_conv2d" | "fully_connected";
  readonly input: readonly number[];
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
}

/** Nodes of a model. */
const COPIES = 5;

/** 48 × 192 × 48, the matrix product that kernels are compared on. */
const GEMM: Layer = { op: "conv2d", input: [1, 6, 8, 192], channels: 48, kernel: 1, stride: 1 };
const CONV: Layer = { op: "conv2d", input: [1, 16, 16, 32], channels: 32, kernel: 3, stride: 1 };
const GEMV: Layer = { op: "fully_connected", input: [1, 256], channels: 64, kernel: 1, stride: 1 };
const DEPTHWISE: Layer = { op: "depthwise_conv2d", input: [1, 25, 5, 64], channels: 64, kernel: 3, stride: 1 };
const DEPTHWISE_2: Layer = { op: "depthwise_conv2d", input: [1, 28, 28, 96], channels: 96, kernel: 3, stride: 2 };

const LAYERS = { GEMM, CONV, GEMV, DEPTHWISE, DEPTHWISE_2 };
const FAMILIES = [
  ["simd", "extmul"],
  ["simd", "dot16"],
  ["relaxed-ss", "relaxed"],
] as const;

export const CASES: readonly ArmCase[] = FAMILIES.flatMap(([module, family]) =>
  Object.entries(LAYERS)
    // relaxed-ss has no depthwise kernels of its own: it runs those of "extmul".
    .filter(([, { op }]) => family !== "relaxed" || op !== "depthwise_conv2d")
    .map(([layer, value]) => ({
      name: `${layer.toLowerCase()} ${family}`,
      module,
      family,
      layer: value,
    })),
);

/** The layer as a model, with random weights, and an input for it. */
export function build({ layer }: ArmCase): { model: ModelData; input: Int8Array<ArrayBuffer>; macs: number } {
  const { op, input, channels, kernel, stride } = layer;
  const random = new Random(1);
  const inC = input.at(-1)!;
  const isDepthwise = op === "depthwise_conv2d";
  const shape =
    op === "fully_connected"
      ? [channels, inC]
      : isDepthwise
        ? [1, kernel, kernel, channels]
        : [channels, kernel, kernel, inC];
  const count = shape.reduce((a, b) => a * b, 1);
  const before = Math.floor(kernel / 2);
  const after = stride === 2 ? before - 1 : before;
  const window = {
    stride: [stride, stride],
    dilation: [1, 1],
    padding: [before, before, Math.max(0, after), Math.max(0, after)],
    ...(isDepthwise ? {} : { groups: 1 }),
  };
  const attributes = { ...(op === "fully_connected" ? {} : window), activation: "none", unsigned: false };
  const scales = Array.from({ length: channels }, () => Math.fround(0.002 + random.next() * 0.01));
  const quantization = { scale: scales, zeroPoint: 0, axis: isDepthwise ? 3 : 0 };
  const inputs = [
    int8("input", input, 0.05, 3),
    constant({ name: "weights", dtype: "int8", shape, quantization }, random.int8s(count, -127, 127)),
    constant(
      { name: "bias", dtype: "int32", shape: [channels] },
      Int32Array.from({ length: channels }, () => random.int(-999, 999)),
    ),
  ];
  const output = { name: "output", dtype: "int8" as const, quantization: { scale: [0.1], zeroPoint: -5 } };
  const model = repeat(singleNode(op, inputs, [output], attributes));
  const outputs = model.tensors[model.outputs[0]!]!.shape.reduce((a, b) => a * b, 1);
  return { model, input: random.int8s(input.reduce((a, b) => a * b, 1)), macs: (outputs * count) / channels };
}

/** The same node several times, each with an output of its own. */
function repeat(model: ModelData): ModelData {
  const [node] = model.nodes;
  const output = model.tensors.at(-1)!;
  const first = model.tensors.length - 1;
  const copies = Array.from({ length: COPIES }, (_, i) => i);
  return {
    ...model,
    tensors: [...model.tensors.slice(0, -1), ...copies.map((i) => ({ ...output, name: `output ${i}` }))],
    nodes: copies.map((i) => ({ ...node!, outputs: [first + i] })),
    outputs: copies.map((i) => first + i),
  };
}
