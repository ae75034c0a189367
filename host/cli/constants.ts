import type { ModelData } from "../toolchain.js";

/** Bytes of all weights, biases and other constants as the file stores them, without scales and padding. */
export function constantBytes({ tensors }: ModelData): number {
  return tensors.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), 0);
}
