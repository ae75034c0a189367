import { cleanName } from "../common/text.js";
import type { FlatTable } from "./flat-reader.js";

/**
 * What the file's first signature calls the model's inputs and outputs, by tensor index. The tensors themselves have
 * names like "serving_default_image:0"; a signature says "image", which is what the model's author wrote. Names that are
 * empty or given twice name nothing.
 *
 * @param model the root table; field numbers are those of TensorFlow's schema.fbs
 */
export function signatureNames(model: FlatTable): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const signature = model.tables(7).find((candidate) => candidate.uint32(4) === 0);
  if (signature === undefined) return names;
  for (const side of [0, 1]) {
    const entries = signature
      .tables(side)
      .map((entry) => ({ name: cleanName(entry.string(0)), tensor: entry.uint32(1) }));
    for (const { name, tensor } of entries) {
      const isOnlyOne = entries.every((other) => other.tensor === tensor || other.name !== name);
      if (name !== "" && isOnlyOne && !names.has(tensor)) names.set(tensor, name);
    }
  }
  return names;
}
