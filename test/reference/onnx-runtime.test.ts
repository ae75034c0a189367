/**
 * Models of one operator against what ONNX Runtime computed for them on x86, and against onnxruntime-web, its portable code, where
 * that is installed. QBIN_ONNX_CASES names another file of make_onnx_runtime.py.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { elementsOf, type TypedData } from "../../host/core/dtype.js";
import { runReference } from "../../host/reference/index.js";
import { convert, type OnnxCase } from "./onnx-runtime.js";

const file = process.env["QBIN_ONNX_CASES"] ?? new URL("onnx-runtime.json", import.meta.url);
const cases: OnnxCase[] = JSON.parse(readFileSync(file, "utf8"));
const kinds = [...new Set(cases.map(({ kind }) => kind))];
const casesOf = (kind: string) => cases.filter((entry) => entry.kind === kind);

const WEB = new URL("../../bench/peers/node_modules/onnxruntime-web/dist/", import.meta.url);
const isWebMissing = !existsSync(new URL("ort.wasm.min.mjs", WEB));
if (isWebMissing)
  console.log("skipped: comparison with onnxruntime-web, because bench/peers is not installed (npm ci there)");

/** x86 multiplies by quotients of the scales instead of dividing: of 180,000 results 31 were another, by 1. */
const MAY_DIFFER_ON_X86: readonly string[] = ["mul", "add"];

function ours(entry: OnnxCase): TypedData {
  const { model, inputs } = convert(entry);
  return runReference(model, inputs)[model.outputs[0] as number] as TypedData;
}

/** How many values differ, and by how much at most. */
function distance(a: TypedData, b: TypedData) {
  expect(a.length).toBe(b.length);
  let [differ, most] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const by = Math.abs(Number(a[i]) - Number(b[i]));
    if (Object.is(a[i], b[i])) continue;
    differ++;
    most = Math.max(most, by);
  }
  return { differ, most };
}

test("the file has every kind, int8 and uint8", () => {
  expect(kinds.length).toBeGreaterThan(15);
  for (const dtype of ["int8", "uint8"])
    expect(cases.filter((entry) => entry.dtype === dtype).length).toBeGreaterThan(10);
});

describe("ONNX Runtime on x86", () => {
  test.each(kinds)("%s", (kind) => {
    for (const entry of casesOf(kind)) {
      const { differ, most } = distance(ours(entry), convert(entry).expected);
      if (MAY_DIFFER_ON_X86.includes(kind))
        expect([most <= 1, differ <= 0.05 * convert(entry).expected.length]).toEqual([true, true]);
      else expect(differ).toBe(0);
    }
  });
});

describe.skipIf(isWebMissing)("onnxruntime-web", async () => {
  // biome-ignore lint/suspicious/noExplicitAny: installed apart, so its types are not there
  let ort: any;
  test.each(kinds)("%s", async (kind) => {
    if (ort === undefined) {
      ort = await import(new URL("ort.wasm.min.mjs", WEB).href);
      ort.env.wasm.numThreads = 1;
      ort.env.wasm.wasmBinary = readFileSync(new URL("ort-wasm-simd-threaded.wasm", WEB));
    }
    for (const entry of casesOf(kind)) {
      const options = { executionProviders: ["wasm"], graphOptimizationLevel: "disabled" };
      const session = await ort.InferenceSession.create(Buffer.from(entry.model, "base64"), options);
      const feeds = entry.inputs.map(({ name, dtype, shape, data }) => {
        const values = elementsOf(dtype, new Uint8Array(Buffer.from(data, "base64")));
        return [name, new ort.Tensor(dtype, values, shape)];
      });
      const { y } = await session.run(Object.fromEntries(feeds));
      const bytes = new Uint8Array(y.data.buffer, y.data.byteOffset, y.data.byteLength);
      const output = { ...entry.output, data: Buffer.from(bytes).toString("base64") };
      expect(distance(ours(entry), convert({ ...entry, output }).expected)).toEqual({ differ: 0, most: 0 });
      await session.release();
    }
  });
});
