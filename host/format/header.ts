import { DTYPES, type DType } from "../core/dtype.js";
import { type Attributes, NUMERICS, type Numerics, type Preprocessing } from "../core/model.js";
import type { Schema } from "./schema.js";

/** `length` bytes at `offset` of the data section. */
export interface Block {
  readonly offset: number;
  readonly length: number;
}

/** `count` float32 scales at `offset` of the data section, one per channel. */
export interface ScaleBlock {
  readonly offset: number;
  readonly count: number;
}

export interface HeaderTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly quantization?: {
    readonly scale: number | ScaleBlock;
    readonly zeroPoint: number;
    readonly axis?: number;
  };
  readonly data?: Block;
}

export interface HeaderNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly attributes: Attributes;
  /** Present exactly where it differs from the model's. */
  readonly numerics?: Numerics;
}

/** The JSON header. Keys are in this order in the file. */
export interface Header {
  readonly name: string;
  readonly description: string;
  readonly numerics: Numerics;
  readonly labels: readonly string[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly preprocessing: readonly (Preprocessing | null)[];
  readonly tensors: readonly HeaderTensor[];
  readonly nodes: readonly HeaderNode[];
}

const FLOAT_MAX = 3.4028234663852886e38;

const text = { kind: "text" } as const;
const float = { kind: "float", min: -FLOAT_MAX, max: FLOAT_MAX } as const;
const bytes = { kind: "int", min: 0, max: 2 ** 32 - 1 } as const;
const indices = { kind: "ints", min: -1, max: 65535 } as const;
const numerics = { kind: "enum", values: NUMERICS } as const;
const list = (of: Schema): Schema => ({ kind: "list", of });
const object = (fields: Readonly<Record<string, Schema>>): Schema => ({ kind: "object", fields });

const preprocessing = object({
  mean: list(float),
  scale: list(float),
  channelOrder: { kind: "enum", values: ["rgb", "bgr", "gray"] },
  layout: { kind: "enum", values: ["nhwc", "nchw"] },
});

export const HEADER: Schema = object({
  name: text,
  description: text,
  numerics,
  labels: list(text),
  inputs: indices,
  outputs: indices,
  preprocessing: list((value) => (value === null ? { kind: "null" } : preprocessing)),
  tensors: list(
    object({
      name: text,
      dtype: { kind: "enum", values: DTYPES },
      shape: { kind: "ints", min: 1, max: 2 ** 30 },
      "quantization?": object({
        scale: (value) => (typeof value === "object" ? object({ offset: bytes, count: bytes }) : float),
        zeroPoint: { kind: "int", min: -128, max: 255 },
        "axis?": { kind: "int", min: 0, max: 5 },
      }),
      "data?": object({ offset: bytes, length: bytes }),
    }),
  ),
  nodes: list(
    object({
      op: text,
      name: text,
      inputs: indices,
      outputs: indices,
      attributes: { kind: "object" },
      "numerics?": numerics,
    }),
  ),
});
