import type { Shape } from "../../core/shape.js";
import type { Layout } from "../common/layout.js";
import type { Form } from "../common/moved.js";
import { cleanName, quote } from "../common/text.js";

/** Fixed point: integers of `bits` bits, whose last is worth 2^−`fraction`. */
export interface Grid {
  readonly bits: number;
  readonly fraction: number;
}

/** Where a number halfway between two of a grid goes. */
export type Ties = "even" | "away";

/**
 * A layer that computes in float32 between two trimmed layers, on integers of up to 8 bits, is one node of profile "onnx":
 * that makes real numbers of integers, computes in float32, and rounds ties to even.
 */
export interface Origin {
  /** The integers on an 8-bit grid, as a graph tensor in `layout`. */
  integers(grid: Grid, activation: "none" | "relu"): number;
  readonly layout: Layout;
  /** What is done to the numbers after all. */
  readonly activation: "none" | "relu";
}

/**
 * The content of one of Caffe's blobs at some time: one or more graph tensors with the same numbers in different
 * layouts. `shape` is in the file's order of axes.
 */
export class Value {
  readonly name: string;
  readonly shape: Shape;
  /** Where its numbers lie, when integers stand for them. */
  readonly grid: Grid | undefined;
  /** The first is the one it was computed in; others are made when somebody asks. */
  readonly forms: Form[] = [];
  /** Whether it is 0 or more by construction, so that a ReLU changes nothing. */
  isRectified = false;
  /** How integers on a grid come straight from what it was computed of, where that is float32 made of integers. */
  origin: Origin | undefined;
  /** The same numbers as float32, once somebody asked. */
  real: Value | undefined;

  constructor(name: string, shape: Shape, first: Form, grid?: Grid) {
    this.name = cleanName(name);
    this.shape = shape;
    this.grid = grid;
    this.forms.push(first);
  }

  get rank(): number {
    return this.shape.length;
  }

  /** The layout it was computed in, in which reading it costs nothing. */
  get layout(): Layout {
    return (this.forms[0] as Form).layout;
  }

  /** `name` in quotes, for messages. */
  get label(): string {
    return quote(this.name);
  }
}
