/**
 * Random one-operator models against the runtimes themselves. QBIN_RANDOM_MODELS=150 is what docs/quantization.md
 * reports; the default keeps the suite quick.
 */
import { afterAll, describe, expect, test } from "vitest";
import { elementsOf, type TypedData } from "../../../host/core/dtype.js";
import type { ModelData, Tensor } from "../../../host/core/model.js";
import { importTflite } from "../../../host/import/index.js";
import { runReference } from "../../../host/reference/index.js";
import { bytesOf } from "../call.js";
import { withBuiltinKernels } from "../golden.js";
import {
  type ByteFile,
  INT8_IN_LITERT,
  RANDOM_OPS,
  type RandomModel,
  randomModel,
  withAxesAsInput,
  withDynamicNeighbour,
} from "./random-models.js";
import { litert, missingPeers, type Run, tfjsTflite } from "./runtimes.js";
import { writeTflite } from "./tflite-writer.js";

const missing = missingPeers();
if (missing !== undefined) console.log(`skipped: comparison with LiteRT and tfjs-tflite, because ${missing}`);

const MODELS = Number(process.env["QBIN_RANDOM_MODELS"] ?? 10);
const TYPES: readonly ByteFile[] = ["INT8", "UINT8"];
const CASES = RANDOM_OPS.flatMap((op) =>
  TYPES.filter((type) => type === "INT8" || !INT8_IN_LITERT.includes(op)).map((type) => ({ op, type })),
);

function ours(model: ModelData, inputs: readonly Uint8Array[]): Uint8Array {
  const feed = inputs.map((bytes, i) => elementsOf((model.tensors[model.inputs[i] as number] as Tensor).dtype, bytes));
  return bytesOf(runReference(model, feed)[model.outputs[0] as number] as TypedData);
}

function differing(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((count, byte, i) => count + (byte === b[i] ? 0 : 1), Math.abs(a.length - b.length));
}

describe.skipIf(missing !== undefined)("random models", () => {
  const peers = { litert: undefined, tfjs: undefined } as {
    litert: Promise<Run> | undefined;
    tfjs: Promise<Run> | undefined;
  };
  const run = async (peer: "litert" | "tfjs", { model, inputs }: RandomModel): Promise<Uint8Array> => {
    peers[peer] ??= peer === "litert" ? litert() : tfjsTflite();
    return (await (await peers[peer])(writeTflite(model), inputs))[0] as Uint8Array;
  };

  const totals = { xnnpack: 0, builtin: 0, apart: 0 };
  afterAll(() => {
    if (MODELS > 10) console.log(`compared with LiteRT and tfjs-tflite: ${JSON.stringify(totals)} output bytes`);
  });

  test.each(CASES)("$op $type equals XNNPACK and the built-in kernels", { timeout: 600_000 }, async ({ op, type }) => {
    const counts = { models: 0, bytes: 0, apart: 0 };
    for (let seed = 0; seed < MODELS; seed++) {
      const random = randomModel(op, type, seed);
      const model = importTflite(writeTflite(random.model));

      const xnnpack = await run("litert", random);
      expect(differing(ours(model, random.inputs), xnnpack), `XNNPACK, seed ${seed}`).toBe(0);

      counts.models++;
      counts.bytes += xnnpack.length;
      if (INT8_IN_LITERT.includes(op)) continue;
      // tfjs-tflite is older than a change of MEAN, so that one operator is asked of LiteRT.
      const builtin =
        op === "mean" ? await run("litert", withAxesAsInput(random)) : await run("tfjs", withDynamicNeighbour(random));
      expect(differing(ours(withBuiltinKernels(model), random.inputs), builtin), `built-in, seed ${seed}`).toBe(0);

      counts.apart += differing(xnnpack, builtin);
    }
    totals.xnnpack += counts.bytes;
    if (!INT8_IN_LITERT.includes(op)) totals.builtin += counts.bytes;
    totals.apart += counts.apart;
    if (MODELS > 10) console.log(`${op} ${type}: ${JSON.stringify(counts)}`);
  });
});
