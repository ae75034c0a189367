import type { DType } from "./dtype.js";
import type { Attributes, Numerics, TensorType } from "./model.js";
import { elementCount, type Shape } from "./shape.js";

/** How one attribute looks in a file; reader, writer and docs are driven by it. Bounds are inclusive. */
export type AttributeSchema =
  | { readonly kind: "int"; readonly min: number; readonly max: number }
  | { readonly kind: "ints"; readonly min: number; readonly max: number; readonly length?: number }
  | { readonly kind: "float"; readonly min: number; readonly max: number }
  | { readonly kind: "bool" }
  | { readonly kind: "enum"; readonly values: readonly string[] };

type ValueOf<S extends AttributeSchema> = S extends { kind: "int" | "float" }
  ? number
  : S extends { kind: "ints" }
    ? readonly number[]
    : S extends { kind: "bool" }
      ? boolean
      : S extends { kind: "enum"; values: readonly (infer V)[] }
        ? V
        : never;

/** By name; one that ends in "?" may be absent, which means something no value says. */
export type AttributeSchemas = Readonly<Record<string, AttributeSchema>>;

/** The attributes of a node, typed. */
type ValuesOf<A extends AttributeSchemas> = {
  readonly [K in keyof A as K extends `${string}?` ? never : K]: ValueOf<A[K]>;
} & { readonly [K in keyof A as K extends `${infer Name}?` ? Name : never]?: ValueOf<A[K]> };

export type AttributesOf<D extends { attributes: AttributeSchemas }> = ValuesOf<D["attributes"]>;

/** An attribute's name in a node, without the "?" of its declaration. */
export function attributeName(declared: string): string {
  return declared.replace(/\?$/, "");
}

/** `inputs[i]` is undefined where an optional input is absent. */
export type OpInputs = readonly (TensorType | undefined)[];

/**
 * What an op is. Everything that is not a kernel or a number comes from this declaration: the reader, the writer,
 * `inspect` and docs/operators.md need no code per op.
 */
export interface OpDefinition<A extends AttributeSchemas = AttributeSchemas> {
  readonly name: string;
  /** A stable number, never changed, never reused. `.qbin` files store the name, which is as stable. */
  readonly code: number;
  /** One sentence for docs/operators.md. */
  readonly summary: string;
  /** "x" required, "x?" optional, "x*" one or more (last only). */
  readonly inputs: readonly string[];
  /** Positions of inputs that must be constants: weights and biases, which kernels pack once. */
  readonly constantInputs?: readonly number[];
  /** Axis of input 1, the weights, that is the output channel: the only one that may have a scale per index. */
  readonly channelAxis?: number;
  /** Names; one name ending in "*" means one or more outputs. */
  readonly outputs: readonly string[];
  readonly attributes: A;
  /**
   * Accepted element types, one row per combination, in input order then "->" then the output's:
   * "int8 int8 int32 -> int8". The type of an absent optional input is not looked at; a variadic one repeats.
   */
  readonly types: readonly string[];
  /** Profiles whose arithmetic is implemented for quantized tensors; float and plain moves accept any. */
  readonly numerics: readonly Numerics[];
  /** Output shapes. Throws ShapeError when inputs and attributes do not fit together. */
  infer(inputs: OpInputs, attributes: ValuesOf<A>): readonly Shape[];
  /**
   * Further conditions on values: shapes, scales, zero points for which the arithmetic of `numerics` has a result.
   * Only called when the types are one of `types`. Throws QbinError.
   */
  verify?(inputs: OpInputs, attributes: ValuesOf<A>, outputs: readonly TensorType[], numerics: Numerics): void;
  /** Multiply-accumulates of one run; 0 for ops that only move or look up. */
  macs?(inputs: OpInputs, outputs: readonly TensorType[]): number;
  /** Elements that windows read in one run, for ops that have windows but no multiply-accumulates. */
  taps?(attributes: ValuesOf<A>, outputs: readonly TensorType[]): number;
}

/** Keeps the literal types of a declaration, so that facets get typed attributes. */
export function defineOp<const A extends AttributeSchemas>(definition: OpDefinition<A>): OpDefinition<A> {
  return definition;
}

/** What bounds the time of one run of a node: the most of its elements, multiply-accumulates and taps. */
export function workOf(
  op: OpDefinition,
  inputs: OpInputs,
  attributes: Attributes,
  outputs: readonly TensorType[],
): number {
  const elements = [...inputs, ...outputs].reduce((sum, tensor) => sum + (tensor ? elementCount(tensor.shape) : 0), 0);
  return Math.max(elements, op.macs?.(inputs, outputs) ?? 0, op.taps?.(attributes as never, outputs) ?? 0);
}

/** The rows of `types`, parsed. */
export function parseTypes(row: string): { inputs: DType[]; outputs: DType[] } {
  const [inputs, outputs] = row.split("->") as [string, string];
  const words = (text: string) =>
    text
      .trim()
      .split(/\s+/)
      .filter((w) => w !== "") as DType[];
  return { inputs: words(inputs), outputs: words(outputs) };
}

/** A required input. Only for use after arity was checked. */
export function need(inputs: OpInputs, i: number): TensorType {
  return inputs[i] as TensorType;
}

export const ACTIVATIONS = ["none", "relu", "relu6", "relu_n1_to_1"] as const;
export type Activation = (typeof ACTIVATIONS)[number];
export const activationSchema = { kind: "enum", values: ACTIVATIONS } as const;

/** Real range of a fused activation. */
export function activationRange(activation: Activation): { min: number; max: number } {
  switch (activation) {
    case "none":
      return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
    case "relu":
      return { min: 0, max: Number.POSITIVE_INFINITY };
    case "relu6":
      return { min: 0, max: 6 };
    case "relu_n1_to_1":
      return { min: -1, max: 1 };
  }
}

/**
 * `unsigned`: this int8 node stands for a uint8 node of the source model. Importers shift uint8 tensors to int8 (each
 * value and each zero point minus 128, scales kept). Where that changes nothing, ops have no such attribute. Where it
 * would change bits (raw values are summed, or a float is rounded after a zero point was added), `true` means: take
 * every quantized activation and its zero point 128 higher, compute TFLite's uint8 arithmetic with qmin = 0 and
 * qmax = 255, and store the result minus 128. Each op says where it makes a difference. False where nothing is quantized.
 *
 * For all ops with a fused activation and numerics "xnnpack" the clamp range is such a place:
 * lo = rne(min(max(f(f(amin / s_out) + zp + 128), 0), 255)) − 128, likewise hi. In numerics "tflite" the range
 * zp + rha(f(amin / s_out)) is the same either way.
 */
export const unsignedSchema = { kind: "bool" } as const;

/**
 * How a product of float32 activations with int8 weights is computed. "dynamic-range": activations are quantized to int8 while
 * the model runs, (80)–(84) of docs/quantization.md, and products are those of int8. Absent for other types.
 */
export const modeSchema = { kind: "enum", values: ["dynamic-range"] } as const;

/**
 * Which of TFLite's own kernels a node of numerics "tflite" reproduces, where they differ. Absent: the built-in kernels that
 * run when XNNPACK declines a node. "reference": those of TFLite's reference resolver, and TFLite Micro's where it has the same.
 * "micro": TFLite Micro's where it has others. An op lists what it has.
 */
export type TfliteKernels = "reference" | "micro";

export const kernelsSchema = <const K extends TfliteKernels>(...kernels: K[]) =>
  ({ kind: "enum", values: kernels }) as const;
