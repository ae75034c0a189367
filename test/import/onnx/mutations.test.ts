import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mutant, mutateAll } from "../mutate.js";
import { attempt, type Outcome } from "./attempt.js";

const RUNS_PER_FILE = 5_000;
const SEED = 20261121;
const FILES = ["cnn", "depthwise", "mlp", "audio_new_exporter"];

test.each(FILES)("mutants of %s: each is refused in one line or becomes a graph that verifies", (name) => {
  const bytes = new Uint8Array(readFileSync(join(import.meta.dirname, `../../models/onnx/${name}.onnx`)));
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
  // Mutants must reach deep: some are refused for what they say, some are still models.
  expect(Math.min(outcomes.malformed, outcomes.unsupported, outcomes.imported)).toBeGreaterThan(100);
  expect(slowest, "milliseconds of the slowest import").toBeLessThan(2000);
  expect(process.memoryUsage().rss - before, "bytes of memory gained").toBeLessThan(400e6);
});
