import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { elementsOf, type TypedData } from "../../host/core/dtype.js";
import type { Tensor } from "../../host/core/model.js";
import { importTflite } from "../../host/import/index.js";
import { runReference } from "../../host/reference/index.js";
import { bytesOf } from "./call.js";

/** One-operator models with the outputs TensorFlow Lite gave for them, made by test/models/make_models.py. */
const MODELS = new URL("../models/", import.meta.url);

interface Recorded {
  readonly name: string;
  readonly inputs: readonly { readonly file: string }[];
  readonly outputs: readonly { readonly file: string; readonly dtype: string }[];
}

const read = (file: string) => new Uint8Array(readFileSync(new URL(file, MODELS)));
const { models } = JSON.parse(readFileSync(new URL("manifest.json", MODELS), "utf8")) as { models: Recorded[] };

/** XNNPACK sums in another order and fuses multiply and add; 40 products of magnitude 1 differ by less than this. */
const FLOAT_TOLERANCE = 2e-5;

describe("one-operator models", () => {
  test("there are enough of them", () => {
    expect(models.length).toBeGreaterThan(100);
  });

  test.each(models.map((model) => [model.name, model] as const))("%s", (name, { inputs, outputs }) => {
    const model = importTflite(read(`${name}.tflite`), { name });
    const feed = inputs.map(({ file }, i) => {
      const tensor = model.tensors[model.inputs[i] as number] as Tensor;
      return elementsOf(tensor.dtype, read(file));
    });
    const values = runReference(model, feed);
    outputs.forEach(({ file, dtype }, i) => {
      const received = values[model.outputs[i] as number] as TypedData;
      const expected = read(file);
      if (dtype !== "float32" || name.startsWith("dequantize")) {
        expect(bytesOf(received), `output ${i}`).toEqual(expected);
        return;
      }
      const exact = elementsOf("float32", expected) as Float32Array;
      expect(received.length).toBe(exact.length);
      const worst = Math.max(...exact.map((x, j) => Math.abs(x - ((received as Float32Array)[j] as number))));
      expect(worst, `largest difference of output ${i}`).toBeLessThan(FLOAT_TOLERANCE);
    });
  });
});
