import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TypedData } from "../../host/core/dtype.js";
import { runReference } from "../../host/reference/index.js";
import { bytesOf } from "./call.js";
import { goldenInputs, goldenModels, importGolden, missingGolden, SHARED } from "./golden.js";

const missing = missingGolden();
if (missing !== undefined) console.log(`skipped: float32 models, because ${missing}`);

/**
 * XNNPACK adds in another order, and the built-in kernels in a third: how far those two are apart on a model is what
 * float32 leaves open. Ours may be as far from either; a factor of 4 covers the luck of one case.
 */
const MARGIN = 4;

describe.skipIf(missing !== undefined)("float32 models", () => {
  test.each([
    "ad01_fp32",
    "resnet8_fp32",
    "vww_fp32",
  ])("%s is as near to XNNPACK as the built-in kernels are", (name) => {
    const golden = goldenModels()[name]!;
    const model = importGolden(golden);
    const values = runReference(model, goldenInputs(name, golden, "u1", model));
    const ours = values[model.outputs[0] as number] as TypedData as Float32Array;
    const read = (file: string) =>
      new Float32Array(new Uint8Array(readFileSync(new URL(`golden/${name}/${file}`, SHARED))).buffer);
    const [xnnpack, builtin] = [read("u1.output0.xnnpack.bin"), read("u1.output0.builtin.bin")];
    const apart = (a: Float32Array, b: Float32Array) => Math.max(...a.map((x, i) => Math.abs(x - (b[i] as number))));
    const largest = Math.max(...xnnpack.map(Math.abs));
    expect(bytesOf(ours).length).toBe(bytesOf(xnnpack).length);
    expect(apart(ours, xnnpack)).toBeLessThanOrEqual(MARGIN * Math.max(apart(builtin, xnnpack), largest * 2 ** -24));
  });
});
