import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { QbinFormatError } from "../../../host/core/errors.js";
import type { ModelData } from "../../../host/core/model.js";
import { writeQbin } from "../../../host/format/write.js";
import { importTflite } from "../../../host/import/index.js";
import { loadFacets } from "../../../host/runtime/facets.js";
import { SOURCES } from "../../conformance/cases/index.js";
import { kernelsOf } from "../../conformance/families.js";
import { arbitraryModel } from "../../format/arbitrary-model.js";

/** A valid .qbin file to mutate. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Of the conformance cases, the smallest two files for every kernel, numerics profile and result type. */
export async function kernelSeeds(): Promise<Seed[]> {
  const kinds = new Map<string, Seed[]>();
  for (const source of SOURCES) {
    for (const { id, model } of source()) {
      const bytes = fileOf(model);
      if (bytes === undefined || bytes.length > 6000) continue;
      await loadFacets(model);
      const { op, numerics } = model.nodes[0]!;
      const kind = [op, numerics, model.tensors.at(-1)?.dtype, ...kernelsOf(model, "simd", undefined)].join();
      const seeds = [...(kinds.get(kind) ?? []), { name: id, bytes }];
      kinds.set(kind, seeds.sort((a, b) => a.bytes.length - b.bytes.length).slice(0, 2));
    }
  }
  return [...kinds.values()].flat();
}

/** Some cases say what no file may: they are for kernels alone. */
function fileOf(model: ModelData): Uint8Array | undefined {
  try {
    return writeQbin(model);
  } catch (error) {
    if (error instanceof QbinFormatError) return undefined;
    throw error;
  }
}

/** Random graphs of several ops. */
export function graphSeeds(): Seed[] {
  const models = fc.sample(arbitraryModel, { numRuns: 30, seed: 5 });
  return models.map((model, i) => ({ name: `graph ${i}`, bytes: writeQbin(model) }));
}

/** A whole network. */
export function digitsSeed(): Seed {
  const file = readFileSync(join(import.meta.dirname, "../../../examples/digits/digits.tflite"));
  return { name: "digits", bytes: writeQbin(importTflite(new Uint8Array(file), { name: "digits" })) };
}
