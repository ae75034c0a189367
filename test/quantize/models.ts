import type { Attributes, ModelData } from "../../host/core/model.js";
import { GraphBuilder } from "../../host/graph/builder.js";
import type { Sample } from "../../host/quantize/index.js";

/** Numbers from −1 to 1 that look random and are the same each time. */
export function noise(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** A float graph, written as a list of calls. */
export class FloatGraph {
  readonly builder = new GraphBuilder({ name: "test", description: "", numerics: "xnnpack" });

  input(name: string, shape: readonly number[]): number {
    return this.builder.input({ name, dtype: "float32", shape });
  }

  constant(name: string, shape: readonly number[], values: ArrayLike<number>): number {
    const data = Float32Array.from(values);
    return this.builder.constant({ name, dtype: "float32", shape }, new Uint8Array(data.buffer));
  }

  node(op: string, name: string, inputs: readonly number[], attributes: Attributes = {}): number {
    const outputs = [{ name: `${name}/out`, dtype: "float32" as const }];
    return this.builder.node({ op, name, numerics: "xnnpack", inputs, attributes, outputs })[0] as number;
  }

  conv(name: string, input: number, shape: readonly [number, number, number, number], seed: number): number {
    const count = shape.reduce((a, b) => a * b);
    const weights = this.constant(`${name}/weights`, shape, noise(count, seed));
    const bias = this.constant(`${name}/bias`, [shape[0]], noise(shape[0], seed + 1));
    const pad = (shape[1] - 1) / 2;
    return this.node("conv2d", name, [input, weights, bias], {
      stride: [1, 1],
      dilation: [1, 1],
      padding: [pad, pad, pad, pad],
      groups: 1,
      activation: "relu",
      unsigned: false,
    });
  }

  build(...outputs: number[]): ModelData {
    for (const output of outputs) this.builder.output(output);
    return this.builder.build();
  }
}

export const ADD = { activation: "none", unsigned: false };
export const SOFTMAX = { beta: 1, unsigned: false };

/** conv → conv → add of both → mean → softmax: what a small residual network has. */
export function residual(): ModelData {
  const graph = new FloatGraph();
  const a = graph.conv("first", graph.input("image", [1, 6, 6, 3]), [8, 3, 3, 3], 1);
  const b = graph.conv("second", a, [8, 3, 3, 8], 3);
  const sum = graph.node("add", "sum", [a, b], ADD);
  const pooled = graph.node("mean", "pool", [sum], { axes: [1, 2], keepDims: false, unsigned: false });
  return graph.build(graph.node("softmax", "scores", [pooled], SOFTMAX));
}

/** Inputs for `residual`. */
export function images(count: number, seed = 100): Sample[] {
  return Array.from({ length: count }, (_, i) => ({ inputs: noise(6 * 6 * 3, seed + i), label: i % 8 }));
}
