import { expect } from "vitest";
import type { DType } from "../../host/core/dtype.js";
import type { Attributes, ModelData, Numerics } from "../../host/core/model.js";
import type { QuantizationParams } from "../../host/core/quantization.js";
import { elementCount } from "../../host/core/shape.js";
import { GraphBuilder } from "../../host/graph/builder.js";
import { verifyGraph } from "../../host/graph/verify.js";
import { runReference } from "../../host/reference/index.js";

/** A tensor of the tests: one scale, and a zero point that fits the type unless told otherwise. */
export interface Type {
  readonly dtype?: DType;
  readonly scale?: number;
  readonly zeroPoint?: number;
}

/** Chains of nodes written in few words; every node has one input and one output. */
export class Chain {
  readonly builder = new GraphBuilder({ name: "chain", description: "", numerics: "xnnpack" });
  #count = 0;

  input(shape: readonly number[], type: Type = {}): number {
    return this.builder.input({ name: `x${this.#count++}`, shape, ...typed(type) });
  }

  node(op: string, input: number, attributes: Attributes, type: Type = {}, numerics: Numerics = "tflite"): number {
    const outputs = [{ name: `t${this.#count++}`, ...typed(type) }];
    return this.builder.node({ op, name: op, numerics, inputs: [input], attributes, outputs })[0] as number;
  }

  relu(input: number, type: Type = {}): number {
    return this.node("relu", input, { activation: "relu" }, type);
  }

  reshape(input: number, shape: readonly number[], type: Type = {}): number {
    return this.node("reshape", input, { shape }, type);
  }

  requantize(input: number, type: Type, arithmetic = "profile", numerics: Numerics = "tflite"): number {
    return this.node("requantize", input, { arithmetic }, type, numerics);
  }

  build(...outputs: number[]): ModelData {
    for (const output of outputs) this.builder.output(output);
    return this.builder.build();
  }
}

function typed({ dtype = "int8", scale = 0.5, zeroPoint }: Type): { dtype: DType; quantization: QuantizationParams } {
  return { dtype, quantization: { scale: [scale], zeroPoint: zeroPoint ?? (dtype === "uint8" ? 128 : 0) } };
}

export const opsOf = (model: ModelData): string[] => model.nodes.map((node) => node.op);

/** Float graphs in few words. Constants are numbers from a fixed sequence, or those given. */
export class Floats {
  readonly builder = new GraphBuilder({ name: "floats", description: "", numerics: "xnnpack" });
  #count = 0;
  #state = 1;

  input(...shape: number[]): number {
    return this.builder.input({ name: `x${this.#count++}`, dtype: "float32", shape });
  }

  /** Numbers between −1 and 1. */
  noise(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => {
      this.#state = (Math.imul(this.#state, 1103515245) + 12345) >>> 0;
      return (this.#state >>> 8) / 2 ** 23 - 1;
    });
  }

  constant(shape: readonly number[], values = this.noise(elementCount(shape))): number {
    const type = { name: `c${this.#count++}`, dtype: "float32" as const, shape };
    return this.builder.constant(type, new Uint8Array(values.slice().buffer));
  }

  node(op: string, inputs: readonly number[], attributes: Attributes = {}): number {
    const outputs = [{ name: `t${this.#count++}`, dtype: "float32" as const }];
    return this.builder.node({ op, name: op, numerics: "xnnpack", inputs, attributes, outputs })[0] as number;
  }

  conv(input: number, weights: number, bias = -1, padding = [0, 0, 0, 0]): number {
    const window = { stride: [1, 1], dilation: [1, 1], padding };
    return this.node("conv2d", [input, weights, bias], { ...window, groups: 1, ...PLAIN });
  }

  build(...outputs: number[]): ModelData {
    for (const output of outputs) this.builder.output(output);
    return this.builder.build();
  }
}

export const PLAIN = { activation: "none", unsigned: false } as const;

/** What the references make of the same noise on every input, whatever the graph around it. */
export function outputsOf(model: ModelData): Float32Array[] {
  const source = new Floats();
  const inputs = model.inputs.map((index) => source.noise(elementCount(model.tensors[index]!.shape)));
  const values = runReference(model, inputs);
  return model.outputs.map((index) => values[index] as Float32Array);
}

/** Throws unless a pass left a sound graph whose outputs differ from the other's by rounding: 1e-6 of the largest. */
export function expectRounding(changed: ModelData, original: ModelData): void {
  verifyGraph(changed);
  const expected = outputsOf(original);
  outputsOf(changed).forEach((values, i) => {
    const largest = (expected[i] as Float32Array).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const worst = values.reduce((most, x, at) => Math.max(most, Math.abs(x - (expected[i]![at] as number))), 0);
    expect(values.length).toBe(expected[i]!.length);
    expect(worst).toBeLessThanOrEqual(1e-6 * largest);
  });
}

/** The same where not a bit may change. */
export function expectSame(changed: ModelData, original: ModelData): void {
  verifyGraph(changed);
  expect(outputsOf(changed)).toEqual(outputsOf(original));
}
