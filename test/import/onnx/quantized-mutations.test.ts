import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutant, mutateAll } from "../mutate.js";
import { attempt, type Outcome } from "./attempt.js";

/** Mutants, and truncations, of each file. `QBIN_MUTANTS=20000 npx vitest run test/import/onnx/quantized-mutations` takes ten minutes. */
const RUNS_PER_FILE = Number(process.env.QBIN_MUTANTS ?? 2_000);
const SEED = 20261122;
/** The operator form, the QDQ form, its spelling by PyTorch, dynamic quantization as exported and as joined. */
const FILES = [
  "mobilenet_op_u8s8_channel_percentile",
  "cnn_qdq_u8s8_tensor_minmax",
  "fx_static_cnn_u8s8_channel",
  "mlp_dynamic_s8_tensor",
  "attention_dynamic_s8_channel_optimized",
];

interface Tally {
  readonly outcomes: Record<Outcome, number>;
  slowest: number;
}

function tally(arbitrary: fc.Arbitrary<Uint8Array>): Tally {
  const result: Tally = { outcomes: { malformed: 0, unsupported: 0, imported: 0 }, slowest: 0 };
  const before = process.memoryUsage().rss;
  fc.assert(
    fc.property(arbitrary, (file) => {
      const start = performance.now();
      result.outcomes[attempt(file)]++;
      result.slowest = Math.max(result.slowest, performance.now() - start);
    }),
    { numRuns: RUNS_PER_FILE, seed: SEED },
  );
  expect(result.slowest, "milliseconds of the slowest import").toBeLessThan(2000);
  expect(process.memoryUsage().rss - before, "bytes of memory gained").toBeLessThan(400e6);
  return result;
}

describe.each(FILES)("%s", (name) => {
  const bytes = new Uint8Array(readFileSync(join(import.meta.dirname, `../../models/onnx-quantized/${name}.onnx`)));

  test("mutants are refused in one line or become a graph that verifies", { timeout: 600_000 }, () => {
    const { outcomes } = tally(mutant.map((mutations) => mutateAll(bytes, mutations)));
    // Mutants must reach deep: some are refused for what they say, some are still models.
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(RUNS_PER_FILE / 50);
  });

  test("truncated files are refused in one line, or lack nothing that matters", { timeout: 600_000 }, () => {
    const { outcomes } = tally(fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length)));
    // The last fields of a file name operator sets, some of which it does not use.
    expect(outcomes.imported).toBeLessThan(RUNS_PER_FILE / 200);
  });
});
