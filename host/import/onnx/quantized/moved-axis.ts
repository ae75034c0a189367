import { elementCount, type Shape } from "../../../core/shape.js";
import type { FileNode } from "../file.js";
import { flattenedShape, permutationOf, reshapedShape, squeezedShape, unsqueezedShape } from "../shapes.js";
import { integersOf, type Value } from "../value.js";

/** Where the axis that scales belong to is after an operator moved a constant; undefined where it is none any more. */
export function movedAxis(node: FileNode, inputs: readonly (Value | undefined)[]): number | undefined {
  const [value, parameter] = inputs;
  const axis = value?.source?.quantization?.axis;
  if (value === undefined || axis === undefined) return undefined;
  const { kind, attributes } = node;
  if (kind === "Identity" || kind === "Dropout") return axis;
  if (kind === "Transpose") {
    const at = permutationOf(value.rank, attributes.ints("perm")).indexOf(axis);
    return at === -1 ? undefined : at;
  }
  if (parameter !== undefined && !parameter.isConstant) return undefined;
  const numbers = (name: string) => (parameter === undefined ? attributes.ints(name) : integersOf(parameter, name));
  switch (kind) {
    case "Reshape":
      return kept(
        value.shape,
        axis,
        reshapedShape(value.shape, numbers("shape") ?? [], attributes.int("allowzero", 0) === 1),
      );
    case "Squeeze":
      return kept(value.shape, axis, squeezedShape(value.shape, numbers("axes")));
    case "Unsqueeze":
      return kept(value.shape, axis, unsqueezedShape(value.shape, numbers("axes") ?? []));
    case "Flatten":
      return kept(value.shape, axis, flattenedShape(value.shape, attributes.int("axis", 1)));
    default:
      return undefined;
  }
}

/** The axis with the same extent and as many elements in front: it counts the same. */
function kept(from: Shape, axis: number, to: Shape): number | undefined {
  const before = elementCount(from.slice(0, axis));
  const at = to.findIndex((extent, i) => extent === from[axis] && elementCount(to.slice(0, i)) === before);
  return at === -1 ? undefined : at;
}
