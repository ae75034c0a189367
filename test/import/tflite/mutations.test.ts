import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutant, mutateAll } from "../mutate.js";
import { attempt, type Outcome } from "./attempt.js";
import { ownModels, sharedModels } from "./model-files.js";

const RUNS = 24_000;
const SEED = 20240607;

/** Small files that between them hold every kind of table the importer reads. */
const own = ownModels();
const shared = sharedModels();
const files: [string, Uint8Array][] = [
  ...["hello_world_int8", "split_concat", "kws_int8"]
    .filter((name) => shared.names.includes(name))
    .map((name): [string, Uint8Array] => [name, shared.read(name)]),
  ...["dynamic_batch", "residual_block", "uint8_in_uint8_out", "strided_slice_shrink", "float32_conv"]
    .filter((name) => own.names.includes(name))
    .map((name): [string, Uint8Array] => [name, own.read(name)]),
];

const RUNS_PER_FILE = Math.ceil(RUNS / files.length);

describe.skipIf(files.length === 0)("mutated files", () => {
  test.each(files)("%s: each is refused in one line or becomes a graph that verifies", (_name, bytes) => {
    const outcomes: Record<Outcome, number> = { malformed: 0, unsupported: 0, imported: 0 };
    const before = process.memoryUsage().rss;
    let slowest = 0;
    fc.assert(
      fc.property(mutant, (mutations) => {
        const file = mutateAll(bytes, mutations);
        const start = performance.now();
        outcomes[attempt(file)]++;
        slowest = Math.max(slowest, performance.now() - start);
      }),
      { numRuns: RUNS_PER_FILE, seed: SEED },
    );
    expect(outcomes.malformed + outcomes.unsupported + outcomes.imported).toBe(RUNS_PER_FILE);
    // Mutants must reach deep: some are refused for what they say, some are still models.
    expect(outcomes.malformed).toBeGreaterThan(0);
    expect(outcomes.imported).toBeGreaterThan(0);
    expect(slowest, "milliseconds of the slowest import").toBeLessThan(2000);
    expect(process.memoryUsage().rss - before, "bytes of memory gained").toBeLessThan(400e6);
  });
});
