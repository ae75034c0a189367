import { describe, expect, test } from "vitest";
import { viewOf } from "../../host/core/dtype.js";
import type { ModelData } from "../../host/core/model.js";
import { elementCount } from "../../host/core/shape.js";
import { validateModel } from "../../host/format/validate.js";
import { importTflite } from "../../host/import/index.js";
import { findOp } from "../../host/ops/index.js";
import { prepare, simplify } from "../../host/passes/index.js";
import { runReference } from "../../host/reference/index.js";
import { ownModels } from "../import/tflite/model-files.js";

/** Bytes from a fixed linear congruential generator. */
function noise(model: ModelData) {
  let state = 12345;
  return model.inputs.map((index) => {
    const { dtype, shape } = model.tensors[index]!;
    const count = elementCount(shape);
    const data = viewOf(dtype, new ArrayBuffer(8 * count), 0, count);
    for (let i = 0; i < count; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      data[i] = (dtype === "float32" ? (state >>> 8) / 2 ** 23 - 1 : (state >>> 16) & 127) as never;
    }
    return data;
  });
}

function outputsOf(model: ModelData) {
  const values = runReference(model, noise(model));
  return model.outputs.map((index) => values[index]);
}

const models = ownModels();

describe.skipIf(models.skipped !== undefined)("passes change no bit", () => {
  test.each(models.names.filter((name) => name !== "strided_slice_backwards"))("%s", (name) => {
    const model = importTflite(models.read(name));
    const simplified = simplify(model);
    validateModel(simplified, findOp);
    expect(outputsOf(simplified)).toEqual(outputsOf(model));
    expect(simplified.nodes.length).toBeLessThanOrEqual(model.nodes.length);
  });

  test.each(models.names.filter((name) => name !== "strided_slice_backwards"))("%s, prepared", (name) => {
    const model = importTflite(models.read(name));
    const prepared = prepare(model);
    validateModel(prepared, findOp);
    const expected = outputsOf(model);
    outputsOf(prepared).forEach((output, i) => {
      // Where weights were rescaled, float outputs may differ by rounding.
      if (!(output instanceof Float32Array)) expect(output).toEqual(expected[i]);
      else expect(output.findIndex((value, at) => !isNear(value, Number(expected[i]![at])))).toBe(-1);
    });
  });
});

function isNear(a: number, b: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) < 1e-5;
}
