import { elementCount, type Shape, stridesOf } from "../../core/shape.js";

interface Numbers {
  readonly length: number;
  [i: number]: number;
}

/** Reads elements at `begin` + Σ indexᵢ · stepᵢ, in C order of `shape`, into `target`. */
export function gathered(
  source: Numbers,
  shape: Shape,
  begin: number,
  steps: readonly number[],
  target: Numbers,
): void {
  const count = elementCount(shape);
  const index = new Array<number>(shape.length).fill(0);
  let at = begin;
  for (let i = 0; i < count; i++) {
    target[i] = source[at] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += steps[axis] as number;
      if (++(index[axis] as number) < (shape[axis] as number)) break;
      at -= (shape[axis] as number) * (steps[axis] as number);
      index[axis] = 0;
    }
  }
}

/** Transposes: axis i of `target` is axis `order[i]` of `source`, which has shape `shape`. */
export function permuted(source: Numbers, shape: Shape, order: readonly number[], target: Numbers): void {
  const strides = stridesOf(shape);
  const extents = order.map((axis) => shape[axis] as number);
  gathered(
    source,
    extents,
    0,
    order.map((axis) => strides[axis] as number),
    target,
  );
}
