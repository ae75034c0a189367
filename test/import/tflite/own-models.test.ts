import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { elementsOf, type TypedData } from "../../../host/core/dtype.js";
import type { Tensor } from "../../../host/core/model.js";
import { validateModel } from "../../../host/format/validate.js";
import { importTflite, importTfliteWithDecisions } from "../../../host/import/index.js";
import { findOp } from "../../../host/ops/index.js";
import { runReference } from "../../../host/reference/index.js";
import { ownModels } from "./model-files.js";

interface Entry {
  readonly name: string;
  readonly ops: readonly { readonly op: string; readonly kernel: "xnnpack" | "builtin" }[];
  readonly inputs: readonly { readonly file: string }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: number[];
    readonly file: string;
  }[];
  readonly delegate: string;
}

const FOLDER = join(import.meta.dirname, "../../models");
const models = ownModels();
const manifest = join(FOLDER, "manifest.json");
const entries: Entry[] = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).models : [];

/** Results of float32 arithmetic depend on the order of summation. */
const FLOAT_TOLERANCE = 1e-4;

describe.skipIf(models.skipped !== undefined)("one-operator models", () => {
  test("each model is in the manifest", () => {
    expect(entries.map((entry) => entry.name).toSorted()).toEqual([...models.names].toSorted());
  });

  test.each(entries)("$name gives TensorFlow's outputs", (entry) => {
    const model = importTflite(models.read(entry.name), { name: entry.name });
    validateModel(model, findOp);
    const bytes = (file: string) => new Uint8Array(readFileSync(join(FOLDER, file)));
    const tensor = (index: number) => model.tensors[index] as Tensor;
    const inputs = entry.inputs.map(({ file }, i) => elementsOf(tensor(model.inputs[i]!).dtype, bytes(file)));
    const values = runReference(model, inputs);
    entry.outputs.forEach(({ name, dtype, shape, file }, i) => {
      const output = tensor(model.outputs[i]!);
      expect([output.name, output.dtype, output.shape]).toEqual([name, dtype, shape]);
      expectEqual(values[model.outputs[i]!]!, elementsOf(output.dtype, bytes(file)));
    });
  });

  // Moves have further conditions in the delegate (ranks, masks, constant shapes) that decide about no byte.
  const moves = /^(RESHAPE|SLICE|STRIDED_SLICE)_/;
  test("XNNPACK computes the nodes that TensorFlow's delegate took", () => {
    let compared = 0;
    for (const { name, ops, delegate } of entries) {
      if (delegate === "none") continue;
      for (const { node, decision } of importTfliteWithDecisions(models.read(name)).decisions) {
        if (moves.test(node)) continue;
        const taken = ops[Number(node.split("_").at(-1))]?.kernel === "xnnpack";
        expect(decision.delegated, `${name} ${node}`).toBe(taken);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });
});

function expectEqual(actual: TypedData, expected: TypedData): void {
  if (!(expected instanceof Float32Array)) {
    expect(actual).toEqual(expected);
    return;
  }
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(actual[i]))), 0);
  expect(actual.length).toBe(expected.length);
  expect(worst).toBeLessThan(FLOAT_TOLERANCE);
}
