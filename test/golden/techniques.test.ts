import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { measureWith } from "../../bench/accuracy/measure.mjs";
import { subjects } from "../../bench/accuracy/models.mjs";
import { PEERS } from "../../bench/accuracy/tables.mjs";
import { load } from "../../host/index.js";
import type { QuantizeOptions, QuantizeReport } from "../../host/toolchain.js";
import * as toolchain from "../../host/toolchain.js";

/** What docs/accuracy.md says about techniques and peers, on the whole test sets. */
const isThere = existsSync(join(fileURLToPath(new URL("../../../shared", import.meta.url)), "data"));
if (!isThere && process.env["CI"]) throw new Error("../shared is missing; CI skips nothing");

type Measure = (options: QuantizeOptions) => Promise<{ percent: number; decibels: number; report: QuantizeReport }>;

const peers = JSON.parse(readFileSync(new URL("../../bench/accuracy/peers.json", import.meta.url), "utf8"));

describe.skipIf(!isThere)("quantized accuracy (skipped where there is no ../shared)", () => {
  const measures: Record<string, Measure> = {};
  beforeAll(async () => {
    for (const [name, open] of Object.entries(subjects(toolchain))) {
      measures[name] = await measureWith(open(), { toolchain, load });
    }
  });

  describe("depthwise_cifar10, right about 72.75 % of 2,000 images in float32", () => {
    const FLOAT = 72.75;
    const percentOf = async (options: QuantizeOptions) => {
      return (await measures["depthwise"]!({ correctBias: false, ...options })).percent;
    };

    test("is what it was trained to be", async () => {
      expect(await percentOf({ mode: "float32" })).toBe(FLOAT);
    });

    test("one scale per tensor makes guessing of it; equalization brings all of it back", async () => {
      expect(await percentOf({ weights: "per-tensor" })).toBeLessThan(20);
      const equalized = await measures["depthwise"]!({ weights: "per-tensor", equalize: true });
      expect(equalized.percent).toBeGreaterThan(FLOAT - 1);
      expect(equalized.report.unclipped).toHaveLength(11);
      // Much of what noise is left comes from this alone.
      expect(equalized.report.unclippedSignalToNoise).toBeGreaterThan(20);
    });

    test("a scale per channel alone keeps much of it, and equalization the rest", async () => {
      const naive = await percentOf({ weights: "per-channel" });
      expect(naive).toBeGreaterThan(50);
      expect(naive).toBeLessThan(FLOAT - 5);
      expect(await percentOf({ weights: "per-channel", equalize: true })).toBeGreaterThan(FLOAT - 1);
    });

    test("4 bits: equalization, then bias correction, then adaptive rounding each take noise away", async () => {
      const steps: QuantizeOptions[] = [
        {},
        { equalize: true },
        { equalize: true, correctBias: true },
        { equalize: true, correctBias: true, rounding: "adaptive" },
      ];
      const noise: number[] = [];
      for (const step of steps) {
        noise.push((await measures["depthwise"]!({ weightBits: 4, correctBias: false, ...step })).decibels);
      }
      for (const [i, decibels] of noise.slice(1).entries()) expect(decibels).toBeGreaterThan(noise[i]! + 1);
    });

    test("3 bits per tensor: adaptive rounding gains 15 points and more", async () => {
      const options = { weights: "per-tensor", weightBits: 3, equalize: true } as const;
      const nearest = await percentOf(options);
      expect(await percentOf({ ...options, rounding: "adaptive" })).toBeGreaterThan(nearest + 15);
    });
  });

  describe.each(["resnet8", "depthwise"])("%s beside ONNX Runtime and PyTorch", (model) => {
    const { onnxruntime, pytorch } = peers.models[model];

    test.each(PEERS)("$peer, $name: ours is right at least as often", async ({ peer, name, options }) => {
      const theirs: number = (peer === "PyTorch" ? pytorch : onnxruntime)[name];
      expect(theirs).toBeGreaterThan(0);
      const percentOf = async (more: QuantizeOptions) => {
        return Number((await measures[model]!({ ...(options as QuantizeOptions), ...more })).percent.toFixed(2));
      };
      if (model === "resnet8") return expect(await percentOf({})).toBeGreaterThanOrEqual(theirs);
      // Uneven channels cost every quantizer as much, give or take what 2,000 images leave to chance, but one that equalizes.
      expect(await percentOf({})).toBeGreaterThan(theirs - 1);
      expect(await percentOf({ equalize: true })).toBeGreaterThan(theirs + 5);
    });
  });
});
