import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { elementsOf, type TypedData } from "../../../host/core/dtype.js";
import type { ModelData } from "../../../host/core/model.js";
import { writeQbin } from "../../../host/format/write.js";
import { importOnnx } from "../../../host/import/index.js";
import { load } from "../../../host/index.js";
import { prepare } from "../../../host/passes/index.js";
import { runReference } from "../../../host/reference/index.js";
import {
  allowed,
  type Difference,
  describeDifference,
  differences,
  type Expected,
  exceeds,
  floatOps,
  ownDifference,
  type QuantizedModel,
  type QuantizedOutput,
  quantizedModels,
  ROUNDING,
  readJson,
} from "./quantized-models.js";

const HERE = join(import.meta.dirname, "../../models/onnx-quantized");
/** The same models with more samples than are kept; see README.md there. */
const FOLDER = process.env["QBIN_ONNX_MODELS"] ?? HERE;
const readFrom = (folder: string) => async (file: string) => new Uint8Array(readFileSync(join(folder, file)));
const read = readFrom(FOLDER);

const expectations = await readJson<Record<string, Expected>>(readFrom(HERE), "expected.json");
const models = await quantizedModels(read);

/** Ops that may touch float32 at the ends of a model that computes on integers. */
const INTEGER = new Set(["quantize", "dequantize", "reshape"]);

const isKept = FOLDER === HERE;

test.runIf(isKept)("there are the models that were asked for, and what to expect of each", () => {
  expect(Object.keys(expectations).toSorted()).toEqual(models.map(({ name }) => name).toSorted());
  const values = (key: keyof QuantizedModel) => new Set(models.map((model) => model[key]).filter(Boolean));
  expect(values("form")).toEqual(
    new Set(["QDQ", "operators", "dynamic", "optimized", "QDQ, ties", "operators, ties", "QDQ, integer ends"]),
  );
  expect(values("scales")).toEqual(new Set(["per tensor", "per channel"]));
  expect(values("types")).toEqual(new Set(["uint8 x int8", "uint8 x uint8", "int8 x int8"]));
  expect([...values("ranges")]).toEqual(expect.arrayContaining(["MinMax", "Entropy", "Percentile"]));
  expect(values("network").size).toBeGreaterThanOrEqual(8);
  expect(values("exporter")).toEqual(new Set(["TorchScript", "dynamo"]));
});

describe.each(models)("$name", (model) => {
  const expected = isKept ? expectations[model.name]! : undefined;
  const imported = read(`${model.name}.onnx`).then((bytes) => importOnnx(bytes, { name: model.name }));

  if (expected !== undefined)
    test("is allowed no difference that ONNX Runtime does not show with itself", () => {
      expected.differs?.forEach((limit, i) => {
        const most = own(model.outputs[i]!);
        expect(exceeds(limit, most), `${describeDifference(limit)} of ${describeDifference(most)}`).toBe(false);
      });
      expect(expected.differs === undefined || expected.why !== undefined, "says why").toBe(true);
    });

  test("gives ONNX Runtime's outputs on the references", async () => {
    const data = await imported;
    check(await differences(model, read, (inputs) => referenceOutputs(data, inputs)));
  });

  // Where ONNX Runtime's ways part, WebAssembly's with int8 layers fused is the portable form of the arithmetic, and ours.
  test("gives the bits of onnxruntime-web if it has no float layer", async () => {
    const data = await imported;
    const found = await differences(model, read, (inputs) => referenceOutputs(data, inputs), "web");
    const isInteger = Object.keys(floatOps(prepare(data))).every((op) => INTEGER.has(op));
    expect(isInteger ? found : []).toEqual(isInteger ? model.outputs.map(() => ({ count: 0, steps: 0 })) : []);
  });

  test("gives them as a file, on the kernels", async () => {
    const runner = await load(writeQbin(prepare(await imported)));
    const found = await differences(model, read, (inputs) => {
      inputs.forEach((data, i) => {
        runner.input(i).data.set(data as never);
      });
      runner.run();
      return runner.outputs.map((_, i) => runner.output(i).data.slice() as TypedData);
    });
    runner.dispose();
    check(found);
  });

  if (expected !== undefined)
    test("is int8 wherever it can be", async () => {
      expect(floatOps(prepare(await imported))).toEqual(expected.float);
    });

  function check(found: readonly Difference[]): void {
    model.outputs.forEach((output, i) => {
      const limit = expected === undefined ? own(output) : allowed(expected, output, i);
      expect(exceeds(found[i]!, limit), `output ${i}: ${describeDifference(found[i]!)}`).toBe(false);
    });
  }
});

/** The most an output may differ: as ONNX Runtime from itself; by rounding at least where it is float. */
function own(output: QuantizedOutput): Difference {
  const difference = ownDifference(output);
  const isFloat = output.dtype === "float32" && output.step === undefined;
  if (!isFloat) return difference;
  return { count: output.elements, relative: Math.max(ROUNDING, difference.relative ?? 0) };
}

function referenceOutputs(data: ModelData, inputs: readonly TypedData[]): TypedData[] {
  const tensors = runReference(data, inputs);
  return data.outputs.map((index) => {
    const { dtype } = data.tensors[index]!;
    const { buffer, byteOffset, byteLength } = tensors[index]!;
    return elementsOf(dtype, new Uint8Array(buffer, byteOffset, byteLength).slice());
  });
}
