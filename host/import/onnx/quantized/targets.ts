import { QbinError } from "../../../core/errors.js";
import { roundHalfEven } from "../../../core/rounding.js";
import { cleanName, quote } from "../../common/text.js";
import type { FileNode } from "../file.js";
import { label } from "../order.js";
import { isByte, type Quantization, type Target, type Value } from "../value.js";
import { RANGES } from "./numbers.js";
import { isPerTensor, readParameters, sameTarget } from "./parameters.js";
import { typeOfQuantize } from "./quantize-type.js";

/** What a result is quantized to behind the operator, or why it is read in float32. */
export type Fate =
  | { readonly target: Target; readonly why?: never }
  | { readonly why: string; readonly target?: never };

/** Operators past which ONNX Runtime moves a QuantizeLinear forward to what computes: they hand elements on. */
const PASSED = new Set(["MaxPool", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Slice", "Identity", "Dropout"]);

/** No network has as many moves in a row; a hostile file would have each operator walk past all others. */
const MAX_HOPS = 64;

/** Finds the QuantizeLinear that a result goes to. */
export class Targets {
  readonly #consumers = new Map<string, FileNode[]>();
  readonly #outputs: ReadonlySet<string>;
  readonly #value: (name: string) => Value;

  /** @param value a value that is known without running the model; throws a QbinError for others */
  constructor(nodes: readonly FileNode[], outputs: readonly string[], value: (name: string) => Value) {
    for (const node of nodes) {
      for (const name of new Set(node.inputs)) {
        const known = this.#consumers.get(name);
        if (known === undefined) this.#consumers.set(name, [node]);
        else known.push(node);
      }
    }
    this.#outputs = new Set(outputs);
    this.#value = value;
  }

  readers(name: string): readonly FileNode[] {
    return this.#consumers.get(name) ?? [];
  }

  isOutput(name: string): boolean {
    return this.#outputs.has(name);
  }

  /** Whether some QuantizeLinear reads a value, whatever else does. */
  isQuantized(name: string): boolean {
    return this.readers(name).some(isQuantizeLinear);
  }

  /**
   * What all readers of a value quantize it to, directly or behind operators that only move it. Clips in between are
   * passed if they take nothing away that the quantized type could hold.
   */
  of(name: string): Fate {
    const clips: FileNode[] = [];
    for (let hop = 0, at = name; hop < MAX_HOPS; hop++) {
      const readers = this.readers(at);
      const what = `its result ${quote(cleanName(at))}`;
      if (this.#outputs.has(at)) return { why: `${what} is an output of the model` };
      if (readers.length > 0 && readers.every(isQuantizeLinear)) return this.#agreed(readers, clips, what);
      const [reader] = readers as [FileNode];
      const passes = readers.length === 1 && reader.inputs[0] === at;
      if (passes && (reader.kind === "Relu" || reader.kind === "Clip")) clips.push(reader);
      else if (!passes || !PASSED.has(reader.kind)) {
        const other = readers.find((node) => !isQuantizeLinear(node));
        return { why: `${what} goes to ${other === undefined ? "nothing" : label(other)} without a QuantizeLinear` };
      }
      at = reader.outputs[0] ?? "";
    }
    return { why: `more than ${MAX_HOPS} operators stand between it and a QuantizeLinear` };
  }

  #agreed(readers: readonly FileNode[], clips: readonly FileNode[], what: string): Fate {
    const targets = readers.map((node) => this.targetOf(node));
    const first = targets[0];
    if (first === undefined || !targets.every((target) => target !== undefined && sameTarget(target, first))) {
      return { why: `${what} is quantized with several scales, or to other than 8 bits` };
    }
    const cutting = clips.find((node) => !this.isRedundant(node, first));
    if (cutting === undefined) return { target: first };
    return { why: `${label(cutting)} behind it cuts off values that its QuantizeLinear could hold` };
  }

  /** What a QuantizeLinear makes; undefined where that is nothing an int8 node could write, or wrong. */
  targetOf({ inputs, attributes }: FileNode): Target | undefined {
    try {
      const [scale, zeroPoint] = [inputs[1] ?? "", inputs[2] ?? ""];
      const point = zeroPoint === "" ? undefined : this.#value(zeroPoint);
      const quantization = readParameters({ scale: this.#value(scale), zeroPoint: point });
      const type = typeOfQuantize(attributes, point);
      return isPerTensor(quantization) && isByte(type) ? { type, quantization } : undefined;
    } catch (error) {
      // The QuantizeLinear itself is refused for this, when its turn comes.
      if (error instanceof QbinError) return undefined;
      throw error;
    }
  }

  /** Whether a Relu or Clip leaves every value alone that a type with this scale can hold. */
  isRedundant(node: FileNode, { type, quantization }: Target): boolean {
    const [low, high] = RANGES[type] as readonly [number, number];
    const [from, to] = this.#bounds(node);
    const { scale, zeroPoint } = quantization as Quantization;
    const step = (x: number) => roundHalfEven(Math.fround(x / (scale[0] as number))) + (zeroPoint[0] as number);
    return step(from) <= low && step(to) >= high;
  }

  #bounds({ kind, inputs, attributes }: FileNode): readonly [number, number] {
    if (kind === "Relu") return [0, Number.POSITIVE_INFINITY];
    const bound = (i: number, name: "min" | "max", otherwise: number) => {
      const given = inputs[i] ?? "";
      if (given === "") return attributes.float(name, otherwise);
      try {
        return this.#value(given).constant?.data[0] ?? Number.NaN;
      } catch (error) {
        if (error instanceof QbinError) return Number.NaN;
        throw error;
      }
    };
    return [bound(1, "min", Number.NEGATIVE_INFINITY), bound(2, "max", Number.POSITIVE_INFINITY)];
  }
}

export function isQuantizeLinear({ kind }: FileNode): boolean {
  return kind === "QuantizeLinear" || kind === "com.microsoft.QuantizeLinear";
}

export function isDequantizeLinear({ kind }: FileNode): boolean {
  return kind === "DequantizeLinear" || kind === "com.microsoft.DequantizeLinear";
}
