import type { ModelData, Node, Tensor } from "../core/model.js";
import { sameQuantization, scaleOf } from "../core/quantization.js";
import { producers, rewrite } from "../graph/rewrite.js";

/**
 * Removes requantize nodes that give back what went in: one whose input and output have equal type and parameters, and
 * the second of two that flip between int8 and uint8. Others lose precision on the way, so they stay.
 *
 * In every profile equal scales multiply by exactly 1. Between int8 and uint8, equal scales and zero points 128 apart
 * are x ^ 0x80, whose inverse is itself.
 */
export function cancelRequantize(model: ModelData): ModelData {
  const makers = producers(model);
  const outputs = new Set(model.outputs);
  const drop = new Set<Node>();
  const replace = new Map<number, number>();
  for (const node of model.nodes) {
    if (!isRequantize(node)) continue;
    const [from, to] = [node.inputs[0] as number, node.outputs[0] as number];
    if (outputs.has(to)) continue;
    const original = isSame(model, from, to) ? from : flippedTwice(model, node, makers.get(from));
    if (original === undefined) continue;
    drop.add(node);
    replace.set(to, replace.get(original) ?? original);
  }
  return drop.size === 0 ? model : rewrite(model, { drop, replace });
}

function isRequantize(node: Node): boolean {
  return node.op === "requantize" && node.attributes["arithmetic"] === "profile";
}

/** The tensor from which `second` brings back the very same values by way of `first`, if it does. */
function flippedTwice(model: ModelData, second: Node, first: Node | undefined): number | undefined {
  if (first === undefined || !isRequantize(first)) return undefined;
  const [start, middle, end] = [first.inputs[0], second.inputs[0], second.outputs[0]] as [number, number, number];
  return isFlip(model, start, middle) && isSame(model, start, end) ? start : undefined;
}

function isSame(model: ModelData, a: number, b: number): boolean {
  const [x, y] = [model.tensors[a] as Tensor, model.tensors[b] as Tensor];
  return x.dtype === y.dtype && sameQuantization(x.quantization, y.quantization);
}

function isFlip(model: ModelData, a: number, b: number): boolean {
  const [x, y] = [model.tensors[a] as Tensor, model.tensors[b] as Tensor];
  if (x.dtype === y.dtype || x.quantization === undefined || y.quantization === undefined) return false;
  const [signed, unsigned] = x.dtype === "int8" ? [x.quantization, y.quantization] : [y.quantization, x.quantization];
  return scaleOf(signed) === scaleOf(unsigned) && unsigned.zeroPoint - signed.zeroPoint === 128;
}
