import { DTYPES, type DType } from "../core/dtype.js";
import { type Attributes, NUMERICS, type Numerics, type Preprocessing } from "../core/model.js";
import { CODEBOOK_SIZE, MAX_FLOAT } from "../core/quantization.js";
import { MAX_ELEMENTS, MAX_RANK } from "../core/shape.js";
import type { Schema } from "./schema.js";

/** `length` bytes at `offset` of the data section. */
export interface Block {
  readonly offset: number;
  readonly length: number;
}

/** `count` numbers at `offset` of the data section: float32, or bfloat16 where they are scales of groups. */
export interface NumberBlock {
  readonly offset: number;
  readonly count: number;
}

export interface HeaderTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly quantization?: {
    readonly scale: number | NumberBlock;
    readonly zeroPoint: number;
    readonly axis?: number;
    readonly group?: number;
    readonly codebook?: NumberBlock;
  };
  readonly data?: Block;
}

export interface HeaderNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly attributes: Attributes;
  readonly numerics: Numerics;
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

const text = { kind: "text" } as const;
const float = { kind: "float", min: -MAX_FLOAT, max: MAX_FLOAT } as const;
const int = (min: number, max: number): Schema => ({ kind: "int", min, max });
const choice = (values: readonly string[]): Schema => ({ kind: "enum", values });
const list = (of: Schema): Schema => ({ kind: "list", of });
const object = (fields: Readonly<Record<string, Schema>>): Schema => ({ kind: "object", fields });

const bytes = int(0, 2 ** 32 - 1);
const indices = list(int(-1, 65535));
const numerics = choice(NUMERICS);
const nothing = choice([null as never]);

const preprocessing = object({
  mean: list(float),
  scale: list(float),
  channelOrder: choice(["rgb", "bgr", "gray"]),
  layout: choice(["nhwc", "nchw"]),
});
const perTensor = object({ scale: float, zeroPoint: int(-128, 255) });
const numbers = (min: number, max: number) => object({ offset: bytes, count: int(min, max) });
const perChannel = object({
  scale: numbers(1, 2 ** 24),
  zeroPoint: int(0, 0),
  axis: int(0, MAX_RANK - 1),
  "group?": int(1, MAX_ELEMENTS),
  "codebook?": numbers(CODEBOOK_SIZE, CODEBOOK_SIZE),
});

export const HEADER: Schema = object({
  name: text,
  description: text,
  numerics,
  labels: list(text),
  inputs: indices,
  outputs: indices,
  preprocessing: list((value) => (value === null ? nothing : preprocessing)),
  tensors: list(
    object({
      name: text,
      dtype: choice(DTYPES),
      shape: list(int(1, MAX_ELEMENTS)),
      "quantization?": (value) => ((value as { axis?: unknown } | null)?.axis === undefined ? perTensor : perChannel),
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
      numerics,
    }),
  ),
});
