import { elementsOf, type TypedData } from "../../host/core/dtype.js";
import { writeQbin } from "../../host/format/write.js";
import { importOnnx } from "../../host/import/index.js";
import { prepare } from "../../host/passes/index.js";
import type { Model } from "../../host/runtime/model.js";
import {
  allowed,
  describeDifference,
  differences,
  type Expected,
  exceeds,
  type QuantizedModel,
  quantizedModels,
  readJson,
} from "../import/onnx/quantized-models.js";
import type { SuiteContext } from "./context.js";
import { blame, everyFamily, verdict } from "./kinds.js";
import { unavailable } from "./unavailable.js";

/** Converted models by name: the suite runs once per module, and importing takes longer than running. */
const converted = new Map<string, Promise<Uint8Array>>();

/** Quantized ONNX models, as `qbin convert` makes them, against what ONNX Runtime computed. */
export async function run({ module, params, readBytes, report }: SuiteContext): Promise<void> {
  const skip = unavailable(module);
  const read = (file: string) => readBytes(`repo/test/models/onnx-quantized/${file}`);
  const expected = await readJson<Record<string, Expected>>(read, "expected.json");
  for (const model of await quantizedModels(read)) {
    if (!model.name.includes(params?.["case"] ?? "")) continue;
    if (skip) report({ case: model.name, skip });
    else report(await check(model, expected[model.name]!));
  }

  async function check(model: QuantizedModel, expectation: Expected) {
    try {
      if (!converted.has(model.name)) converted.set(model.name, read(`${model.name}.onnx`).then(convert));
      const qbin = (await converted.get(model.name)) as Uint8Array;
      const problems: (string | undefined)[] = [];
      for (const { who, open } of await everyFamily(qbin, module)) {
        const runner = await open();
        const found = await differences(model, read, (inputs) => runOnce(runner, inputs));
        runner.dispose();
        model.outputs.forEach((output, i) => {
          const isWrong = exceeds(found[i]!, allowed(expectation, output, i));
          problems.push(isWrong ? blame(who, `output ${i} differs: ${describeDifference(found[i]!)}`) : undefined);
        });
      }
      return verdict(model.name, problems);
    } catch (error) {
      return { case: model.name, ok: false, message: `threw ${error}` };
    }
  }
}

function convert(bytes: Uint8Array): Uint8Array {
  return writeQbin(prepare(importOnnx(bytes)));
}

function runOnce(model: Model, inputs: readonly TypedData[]): TypedData[] {
  inputs.forEach((data, i) => {
    model.input(i).data.set(data as never);
  });
  model.run();
  return model.outputs.map((_, i) => {
    const { dtype, data } = model.output(i);
    return elementsOf(dtype, new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice());
  });
}
