import type { ModelData, Tensor } from "../core/model.js";
import { rewrite } from "../graph/rewrite.js";

/** Lets nodes share constants that have equal type, shape, parameters and bytes; exporters write them once per use. */
export function mergeConstants(model: ModelData): ModelData {
  const candidates = new Map<string, number[]>();
  const replace = new Map<number, number>();
  model.tensors.forEach((tensor, index) => {
    if (tensor.data === undefined) return;
    const key = keyOf(tensor);
    const same = candidates.get(key);
    const twin = same?.find((other) => equalBytes(tensor.data as Uint8Array, model.tensors[other]?.data as Uint8Array));
    if (twin !== undefined) replace.set(index, twin);
    else if (same !== undefined) same.push(index);
    else candidates.set(key, [index]);
  });
  return replace.size === 0 ? model : rewrite(model, { replace });
}

/** Equal for equal constants, and rarely for others. */
function keyOf({ dtype, shape, quantization, data }: Tensor): string {
  let hash = 0x811c9dc5; // FNV-1a over bytes spread across the data
  const bytes = data as Uint8Array;
  const step = Math.max(1, Math.floor(bytes.length / 4096));
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return `${dtype} ${shape} ${JSON.stringify(quantization)} ${hash}`;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
