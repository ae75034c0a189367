import { type AttributeSpec, type ModelSpec, type NodeSpec, type TensorSpec, writeOnnx } from "./write-onnx.js";

/** Quantized .onnx files for tests: a graph of float operators with QuantizeLinear and DequantizeLinear where one wants them. */

export const [FLOAT, UINT8, INT8, INT32] = [1, 2, 3, 6] as const;

export const scale = (name: string, ...floats: number[]): TensorSpec => ({
  name,
  dims: floats.length === 1 ? [] : [floats.length],
  floats,
});
export const point = (name: string, type: number, ...int32s: number[]): TensorSpec => ({
  name,
  type,
  dims: int32s.length === 1 ? [] : [int32s.length],
  int32s,
});
export const bytes = (name: string, type: number, dims: readonly number[], fill = 1): TensorSpec => ({
  name,
  type,
  dims,
  int32s: new Array<number>(dims.reduce((a, b) => a * b, 1)).fill(fill),
});
export const floats = (name: string, dims: readonly number[], fill = 1): TensorSpec => ({
  name,
  dims,
  floats: new Array<number>(dims.reduce((a, b) => a * b, 1)).fill(fill),
});

export const node = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, AttributeSpec>> = {},
): NodeSpec => ({ op, inputs, outputs: [output], name: output, attributes });
export const q = (from: string, to: string, params = "s z", attributes = {}): NodeSpec =>
  node("QuantizeLinear", [from, ...params.split(" ")], to, attributes);
export const dq = (from: string, to: string, params = "s z", attributes = {}): NodeSpec =>
  node("DequantizeLinear", [from, ...params.split(" ")], to, attributes);

/** A file with the usual scales: s and z for activations (UINT8), t and 0 for weights (INT8). */
export function quantizedFile(spec: ModelSpec): Uint8Array {
  const usual = [
    scale("s", 0.5),
    point("z", UINT8, 128),
    scale("r", 0.25),
    point("z0", UINT8, 0),
    scale("t", 0.125),
    point("o", INT8, 0),
    scale("st", 0.0625),
  ];
  const given = new Set((spec.initializers ?? []).map(({ name }) => name));
  return writeOnnx({
    ...spec,
    initializers: [...usual.filter(({ name }) => !given.has(name)), ...(spec.initializers ?? [])],
  });
}
