import { ELEMENT_BYTES } from "../core/dtype.js";
import type { ModelData, Node, Tensor } from "../core/model.js";
import { elementCount, stridesOf } from "../core/shape.js";
import { readers, TensorList } from "../graph/edit.js";
import { producers, rewrite } from "../graph/rewrite.js";

/**
 * Removes the transpose in front of a flattened picture that only matrix products read, by putting the columns of their
 * weights in the order of the picture as it is. Models from frameworks that hold pictures as [N,C,H,W] flatten in that
 * order. Integer sums stay the same; float sums are taken in another order.
 */
export function foldFlatten(model: ModelData): ModelData {
  const makers = producers(model);
  const read = readers(model);
  const outputs = new Set(model.outputs);
  const list = new TensorList(model);
  const change = new Map<Node, Node>();
  for (const flatten of model.nodes) {
    const transpose = flatten.op === "reshape" ? makers.get(flatten.inputs[0] as number) : undefined;
    const flat = flatten.outputs[0] as number;
    const products = read.get(flat) ?? [];
    if (transpose?.op !== "transpose" || outputs.has(flat) || !isFlatten(model, transpose, flat)) continue;
    if (products.length === 0 || products.some((node) => node.op !== "fully_connected" || node.inputs[0] !== flat)) {
      continue;
    }
    change.set(flatten, { ...flatten, inputs: transpose.inputs });
    for (const node of products) {
      const weights = reordered(model, node, transpose, list);
      change.set(node, { ...node, inputs: [flat, weights, ...node.inputs.slice(2)] });
    }
  }
  return change.size === 0 ? model : rewrite({ ...model, tensors: list.tensors }, { change });
}

/** Whether the transpose leaves the first axis alone and `flat` is the others in one. */
function isFlatten(model: ModelData, transpose: Node, flat: number): boolean {
  const shape = (model.tensors[flat] as Tensor).shape;
  const from = (model.tensors[transpose.outputs[0] as number] as Tensor).shape;
  const permutation = transpose.attributes["permutation"] as readonly number[];
  return permutation[0] === 0 && shape.length === 2 && shape[0] === from[0];
}

/** Weights whose column for an element of the transposed picture is where that element is in the picture. */
function reordered(model: ModelData, node: Node, transpose: Node, list: TensorList): number {
  const weights = model.tensors[node.inputs[1] as number] as Tensor;
  const picture = (model.tensors[transpose.inputs[0] as number] as Tensor).shape.slice(1);
  const order = (transpose.attributes["permutation"] as readonly number[]).slice(1).map((axis) => axis - 1);
  const places = placesOf(picture, order);
  const size = ELEMENT_BYTES[weights.dtype];
  const rows = weights.shape[0] as number;
  const source = weights.data as Uint8Array;
  const data = new Uint8Array(source.length);
  for (let row = 0; row < rows; row++) {
    places.forEach((to, from) => {
      const at = (row * places.length + from) * size;
      data.set(source.subarray(at, at + size), (row * places.length + to) * size);
    });
  }
  return list.add({ ...weights, data });
}

/** For every element of the transposed picture, in order, its place in the picture. */
function placesOf(picture: readonly number[], order: readonly number[]): Int32Array {
  const strides = stridesOf(picture);
  const extents = order.map((axis) => picture[axis] as number);
  const steps = order.map((axis) => strides[axis] as number);
  const outer = stridesOf(extents);
  return Int32Array.from({ length: elementCount(picture) }, (_, i) =>
    extents.reduce((sum, extent, axis) => {
      const index = Math.floor(i / (outer[axis] as number)) % extent;
      return sum + index * (steps[axis] as number);
    }, 0),
  );
}
