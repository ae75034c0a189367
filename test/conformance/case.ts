import type { TypedData } from "../../host/core/dtype.js";
import { QuantizationError } from "../../host/core/errors.js";
import type { Attributes, ModelData, Numerics, Tensor, TensorType } from "../../host/core/model.js";
import { findOp } from "../../host/ops/index.js";

/** One model, usually of one node, whose every output must equal the reference bit for bit. */
export interface Case {
  /** Names the edge: "qs8_vadd(n=17,za=-128)". */
  readonly id: string;
  readonly model: ModelData;
  /** One per model input, in its dtype. */
  readonly inputs: readonly TypedData[];
}

export type CaseSource = () => Iterable<Case>;

/** Quantized tensor type for a case; data makes it a constant. */
export function int8(name: string, shape: readonly number[], scale: number, zeroPoint: number): TensorType {
  return { name, dtype: "int8", shape, quantization: { scale: [Math.fround(scale)], zeroPoint } };
}

export function float32(name: string, shape: readonly number[]): TensorType {
  return { name, dtype: "float32", shape };
}

export function constant(type: TensorType, data: TypedData): Tensor {
  return { ...type, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * A model of one node. Inputs that carry `data` are constants, the others are the model's inputs. Output shapes come
 * from the op; `outputs` gives dtype and quantization of each.
 */
export function singleNode(
  op: string,
  inputs: readonly (Tensor | undefined)[],
  outputs: readonly Omit<TensorType, "shape">[],
  attributes: Attributes,
  numerics: Numerics = "xnnpack",
): ModelData {
  const shapes = findOp(op)!.infer(inputs, attributes as never);
  const present = inputs.filter((tensor) => tensor !== undefined);
  const tensors: Tensor[] = [...present, ...outputs.map((output, i) => ({ ...output, shape: shapes[i]! }))];
  const runtimeInputs = tensors.flatMap((tensor, i) => (i < present.length && !tensor.data ? [i] : []));
  return {
    name: op,
    description: "",
    numerics: "xnnpack",
    tensors,
    nodes: [
      {
        op,
        name: op,
        inputs: inputs.map((tensor) => (tensor === undefined ? -1 : present.indexOf(tensor))),
        outputs: outputs.map((_, i) => present.length + i),
        attributes,
        numerics,
      },
    ],
    inputs: runtimeInputs,
    outputs: outputs.map((_, i) => present.length + i),
    labels: [],
    preprocessing: runtimeInputs.map(() => undefined),
  };
}

/** Whether the op has arithmetic for the scales of this one node: what it refuses never reaches a kernel. */
export function isRunnable({ model: { tensors, nodes } }: Case): boolean {
  const { op, attributes, inputs, outputs, numerics } = nodes[0]!;
  const at = (index: number) => tensors[index]!;
  try {
    findOp(op)!.verify?.(inputs.map(at), attributes as never, outputs.map(at), numerics);
    return true;
  } catch (error) {
    if (error instanceof QuantizationError) return false;
    throw error;
  }
}

/** Seeded random numbers: mulberry32, after Tommy Ettinger. Every engine draws the same ones. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** Uniform int8 values; one in sixteen is an extreme. */
  int8s(count: number, low = -128, high = 127): Int8Array<ArrayBuffer> {
    return Int8Array.from({ length: count }, () =>
      this.next() < 1 / 16 ? (this.next() < 0.5 ? low : high) : this.int(low, high),
    );
  }

  float32s(count: number, low = -1, high = 1): Float32Array<ArrayBuffer> {
    return Float32Array.from({ length: count }, () => low + this.next() * (high - low));
  }
}
