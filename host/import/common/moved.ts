import { type Shape, sameShape } from "../../core/shape.js";
import { graphShape, isPlain, type Layout, layoutKey, significant } from "./layout.js";

/** A graph tensor that holds a value. */
export interface Form {
  readonly layout: Layout;
  readonly tensor: number;
}

/** What writes the nodes that move data. Results have the type of `tensor`. */
export interface Mover {
  shape(tensor: number): Shape;
  reshape(tensor: number, shape: Shape, name: string): number;
  transpose(tensor: number, permutation: readonly number[], name: string): number;
}

/**
 * The graph tensor that holds a value in `layout`, made from the form that is nearest: often the axes that move have extent
 * 1, and a reshape will do. `name` and `shape` are the value's.
 */
export function moved(
  mover: Mover,
  { name, shape, forms }: { readonly name: string; readonly shape: Shape; readonly forms: readonly Form[] },
  layout: Layout,
): number {
  const wanted = layoutKey(significant(layout, shape));
  const near = forms.find((form) => layoutKey(significant(form.layout, shape)) === wanted);
  const from = near ?? (forms[0] as Form);
  const own = `${name}/${isPlain(layout) ? "plain" : layout.filter((axis) => axis !== -1).join("")}`;
  const reshaped = (tensor: number, target: Shape, suffix = "") =>
    sameShape(mover.shape(tensor), target) ? tensor : mover.reshape(tensor, target, `${own}${suffix}`);
  const target = graphShape(layout, shape);
  if (near !== undefined) return reshaped(near.tensor, target);
  const order = from.layout.filter((axis) => axis !== -1);
  const dense = reshaped(from.tensor, graphShape(order, shape), "/dense");
  const permutation = layout.filter((axis) => axis !== -1).map((axis) => order.indexOf(axis));
  return reshaped(mover.transpose(dense, permutation, own), target);
}
