import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { elementCount, formatShape, MAX_ELEMENTS, type Shape } from "../../../core/shape.js";
import type { NodeAttributes } from "../attributes.js";
import type { Budget } from "../budget.js";
import { allocate, type Constant, elementBytes, type Numbers } from "../constant.js";

/** Computes an operator on constants. */
export type Fold = (call: FoldCall) => Constant[];

/** An operator whose inputs are all constants. */
export class FoldCall {
  readonly inputs: readonly (Constant | undefined)[];
  readonly attributes: NodeAttributes;
  readonly opset: number;
  readonly outputs: number;
  readonly #budget: Budget;

  constructor(
    inputs: readonly (Constant | undefined)[],
    attributes: NodeAttributes,
    opset: number,
    outputs: number,
    budget: Budget,
  ) {
    this.inputs = inputs;
    this.attributes = attributes;
    this.opset = opset;
    this.outputs = outputs;
    this.#budget = budget;
  }

  has(i: number): boolean {
    return this.inputs[i] !== undefined;
  }

  input(i: number): Constant {
    const input = this.inputs[i];
    if (input === undefined) throw new ShapeError(`input ${i} is missing`);
    return input;
  }

  integers(i: number, role: string): number[] {
    const { type, data } = this.input(i);
    if (type !== "INT32" && type !== "INT64") {
      throw new UnsupportedOpError("tensor-type", `its ${role} is ${type}, it must be INT32 or INT64`);
    }
    if (data.length > 1024) throw new ShapeError(`its ${role} has ${data.length} entries`);
    return Array.from(data);
  }

  integersFrom(attribute: string, i: number, role: string): number[] | undefined {
    return this.has(i) ? this.integers(i, role) : this.attributes.ints(attribute);
  }

  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (positive < 0 || positive >= rank) throw new ShapeError(`axis ${axis} is outside a tensor of rank ${rank}`);
    return positive;
  }

  /** Zeros for a result of this shape, paid for. */
  allocate(type: string, shape: Shape): Numbers {
    const count = elementCount(shape);
    if (!(count <= MAX_ELEMENTS) || shape.some((dimension) => dimension < 0) || shape.length > 64) {
      throw new ShapeError(
        `its result ${formatShape(shape.slice(0, 8))} is no tensor of up to ${MAX_ELEMENTS} elements`,
      );
    }
    this.#budget.bytes(count * elementBytes(type));
    this.#budget.work(count);
    return allocate(type, count);
  }
}
