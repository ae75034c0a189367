import { describe, expect, test } from "vitest";
import { expectRefusal, expectSuccess, qbin, useFolder } from "./command.js";

const folder = useFolder();
const bench = (...args: string[]) => qbin(["bench", "digits.qbin", "--seconds", "0.1", ...args], { cwd: folder.path });

describe("bench", () => {
  test("median, p90, min and GMAC/s", async () => {
    const text = expectSuccess(await bench());
    expect(text).toMatch(/^digits {2}450 k MACs, 1 thread$/m);
    expect(text).toMatch(/^median +[\d.]+ (µs|ms), [\d.]+ GMAC\/s$/m);
    expect(text).toMatch(/^p90 +[\d.]+ (µs|ms)$/m);
    expect(text).toMatch(/^min +[\d.]+ (µs|ms)$/m);
    expect(text).toMatch(/^over +\d+ windows? of \d+ runs?$/m);
  });

  test("--profile marks the slowest step", async () => {
    const text = expectSuccess(await bench("--profile"));
    expect(text.match(/ <--$/gm)).toHaveLength(1);
    expect(text).toMatch(/^0 +CONV_2D_0 +qs8_\S+ +[\d.]+ µs +[\d.]+ +[\d.]+ %/m);
    expect(text).toMatch(/^Steps add up to [\d.]+ µs/m);
  });

  test("--json has the keys of every bench, ordered as they must be", async () => {
    const result = JSON.parse(expectSuccess(await bench("--json", "--profile", "--module", "scalar")));
    expect(result).toMatchObject({ bench: "model", case: "digits", module: "scalar", threads: 1, macs: 449984 });
    expect(result.minUs).toBeLessThanOrEqual(result.medianUs);
    expect(result.medianUs).toBeLessThanOrEqual(result.p90Us);
    expect(result.gmacs).toBeCloseTo(result.macs / result.medianUs / 1000, 3);
    expect(result.iterations).toBe(result.windows * result.runsPerWindow);
    expect(result.steps[0]).toMatchObject({ node: "CONV_2D_0", op: "conv2d", macs: 9216 });
  });

  test.each(["0", "-1", "abc", "1e9", ""])("--seconds %j is refused", async (seconds) => {
    expectRefusal(
      await qbin(["bench", "digits.qbin", `--seconds=${seconds}`], { cwd: folder.path }),
      /--seconds ".*": must be/,
    );
  });
});
