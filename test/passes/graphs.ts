import type { DType } from "../../host/core/dtype.js";
import type { Attributes, ModelData, Numerics } from "../../host/core/model.js";
import type { QuantizationParams } from "../../host/core/quantization.js";
import { GraphBuilder } from "../../host/graph/builder.js";

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
