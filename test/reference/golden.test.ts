import { describe, expect, test } from "vitest";
import type { TypedData } from "../../host/core/dtype.js";
import type { ModelData, Tensor } from "../../host/core/model.js";
import { runReference } from "../../host/reference/index.js";
import {
  differing,
  type GoldenLayer,
  type GoldenModel,
  goldenInputs,
  goldenModels,
  importGolden,
  missingGolden,
  type Profile,
  withBuiltinKernels,
} from "./golden.js";

const missing = missingGolden();
if (missing !== undefined) console.log(`skipped: golden models, because ${missing}`);

/** trained_lstm_int8 needs an LSTM, which is not among the ops. */
const LEFT_OUT = new Set(["trained_lstm_int8"]);
const integer = (golden: GoldenModel) => golden.inputs.every(({ type }) => type === "INT8" || type === "UINT8");

/** The recorded layer is a tensor of the file; ours has the operator's name, and is shifted by 128 where it was uint8. */
function layerData(model: ModelData, values: readonly TypedData[], layer: GoldenLayer): TypedData {
  const node = model.nodes.find(({ name }) => name === `${layer.op}_${layer.index}`);
  if (node === undefined) throw new Error(`no node ${layer.op}_${layer.index}`);
  const index = node.outputs[0] as number;
  const data = values[index] as TypedData;
  const shifted = layer.type === "UINT8" && (model.tensors[index] as Tensor).dtype === "int8";
  return shifted ? Uint8Array.from(data as Int8Array, (q) => q + 128) : data;
}

describe.skipIf(missing !== undefined).each(["xnnpack", "builtin"] as const)("%s", (profile: Profile) => {
  const models = missing === undefined ? Object.entries(goldenModels()) : [];
  const chosen = models.filter(([name, golden]) => integer(golden) && !LEFT_OUT.has(name));

  test.each(chosen)("%s: all outputs, and every layer of case u1, are equal", { timeout: 60_000 }, (name, golden) => {
    const imported = importGolden(golden);
    const model = profile === "xnnpack" ? imported : withBuiltinKernels(imported);
    // The big model takes a second per case; one case tells as much about the second profile.
    const cases = Object.keys(golden.cases).filter((which) => profile === "xnnpack" || which === "u1");
    for (const which of cases) {
      const values = runReference(model, goldenInputs(name, golden, which, model));
      const recorded = golden.cases[which]?.[profile] ?? [];
      const wrong = recorded.map((output, i) =>
        differing(name, output, values[model.outputs[i] as number] as TypedData),
      );
      expect(wrong, `bytes of each output that differ in case ${which}`).toEqual(recorded.map(() => 0));
      if (which !== "u1") continue;
      const wrongLayers = (golden.layers ?? [])
        .map((layer) => ({
          layer: layer.index,
          op: layer.op,
          bytes: differing(name, layer[profile], layerData(model, values, layer)),
        }))
        .filter(({ bytes }) => bytes > 0);
      expect(wrongLayers).toEqual([]);
    }
  });
});
