import type { DType } from "../core/dtype.js";
import type { ModelData, Node } from "../core/model.js";
import type { OpDefinition } from "../core/op.js";
import { loadRarePlans } from "../wasm/rare.js";
import type { Facet } from "./facet.js";

/**
 * Ops are loaded when a model first needs them, in two groups, so that nobody waits for or ships what their models do
 * not use. What was loaded stays.
 */
const GROUPS = [
  async (): Promise<Readonly<Record<string, Facet>>> => (await import("./facets-common.js")).COMMON,
  async (): Promise<Readonly<Record<string, Facet>>> => (await import("./facets-other.js")).OTHER,
];
const loaded = new Map<string, Facet>();
const common = new Set<string>();
/** Element types that the kernels of every module know; the others are for more kernels. */
const ORDINARY: readonly DType[] = ["int8", "uint8", "int32", "int64", "float32"];

/** Starts to load the first group while the model is still on its way; a failure shows when it is needed. */
export function expectCommonOps(): void {
  GROUPS[0]?.().catch(() => {});
}

/** Loads the groups that `model` needs, and the plans for rare kinds of layers. Names that are no op stay unknown; the validator refuses them. */
export async function loadFacets(model: ModelData): Promise<void> {
  if (isRare(model)) await loadRarePlans();
  for (const group of GROUPS) {
    if (model.nodes.every(({ op }) => loaded.has(op))) return;
    for (const [name, facet] of Object.entries(await group())) {
      loaded.set(name, facet);
      if (group === GROUPS[0]) common.add(name);
    }
  }
}

/** Attributes that ask for kernels ordinary networks do not need. */
const UNCOMMON = ["mode", "kernels"];

/** Common ops whose roundings in numerics "tflite" are not: XNNPACK takes nearly all of these nodes. */
const PRODUCTS = ["conv2d", "depthwise_conv2d", "fully_connected"];

function isUncommon({ attributes, numerics }: Node): boolean {
  return numerics === "onnx" || UNCOMMON.some((name) => attributes[name] !== undefined);
}

/**
 * Whether a model has int16 activations, dynamic range, weights stored small, TFLite's other kernels, or ONNX Runtime's arithmetic;
 * files that lie about it are refused later.
 */
function isRare({ nodes, tensors }: ModelData): boolean {
  if (!tensors.every(({ dtype }) => ORDINARY.includes(dtype))) return true;
  const typeOf = (index: number | undefined) => tensors[index ?? -1]?.dtype;
  return nodes.some((node) => {
    return isUncommon(node) || (typeOf(node.inputs[0]) === "float32" && typeOf(node.inputs[1]) === "int8");
  });
}

/** Whether a model, its ops loaded, needs the module with more kernels: for its ops, their attributes and numerics, or its element types. */
export function needsMore({ nodes, tensors }: ModelData): boolean {
  const isCommon = nodes.every((node) => {
    const { op, numerics } = node;
    return common.has(op) && !isUncommon(node) && !(numerics === "tflite" && PRODUCTS.includes(op));
  });
  return !isCommon || !tensors.every(({ dtype }) => ORDINARY.includes(dtype));
}

/** The facet of an op of a validated model. */
export function facetOf(op: string): Facet {
  return loaded.get(op) as Facet;
}

/** The declaration of an op that was loaded. */
export function findLoadedOp(op: string): OpDefinition | undefined {
  return loaded.get(op)?.definition;
}
