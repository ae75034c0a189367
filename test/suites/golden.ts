import { elementsOf, type TypedData } from "../../host/core/dtype.js";
import { writeQbin } from "../../host/format/write.js";
import { importTflite } from "../../host/import/index.js";
import type { Model } from "../../host/runtime/model.js";
import type { SuiteContext } from "./context.js";
import { blame, everyFamily, verdict } from "./kinds.js";
import { unavailable } from "./unavailable.js";

/**
 * Whole models against what other runtimes compute on them: imported, written, loaded and run by the engine at hand.
 * `../shared/golden` holds real models with every operator's output, test/models one operator each.
 */
export async function run(context: SuiteContext): Promise<void> {
  const skip = unavailable(context.module);
  // Cases have the same names on every engine, so that a missing one shows; here none can run.
  const list = (names: string[]) => {
    for (const name of names) context.report({ case: name, skip: skip ?? "" });
  };
  const operators = await operatorEntries(context);
  const models = await goldenModels(context);
  if (skip) {
    list(operators.map(({ name }) => `operators/${name}`));
    list(models.flatMap(([name, golden]) => caseNames(name, golden)));
    return;
  }
  for (const entry of operators) await runOperator(context, entry);
  for (const [name, golden] of models) {
    try {
      await runModel(context, name, golden);
    } catch (error) {
      context.report({ case: name, ok: false, message: `threw ${error}` });
    }
  }
}

interface Layer {
  readonly index: number;
  readonly op: string;
  readonly type: string;
  readonly xnnpack: { readonly sha256: string };
}

export interface GoldenModel {
  readonly file: string;
  readonly inputs: readonly { readonly type: string }[];
  readonly cases: Record<string, { inputs: { file: string }[]; xnnpack: { file: string }[] }>;
  readonly layers?: readonly Layer[];
}

/** Float models compare within this, relative to the largest value: peers add in another order. */
const FLOAT_TOLERANCE = 1e-5;
/** LSTM is not there yet; the importer refuses it by name, which test/import checks. */
const NOT_YET = ["trained_lstm_int8"];

/** The models of `../shared/golden` that the importer takes. */
export async function goldenModels({ readBytes, report, params }: SuiteContext): Promise<[string, GoldenModel][]> {
  try {
    const manifest = JSON.parse(new TextDecoder().decode(await readBytes("shared/golden/manifest.json")));
    const wanted = params?.["case"] ?? "";
    const models = Object.entries(manifest.models as Record<string, GoldenModel>);
    return models.filter(([name]) => !NOT_YET.includes(name) && name.includes(wanted));
  } catch {
    report({ case: "golden", skip: "there is no ../shared/golden beside the repository" });
    return [];
  }
}

function caseNames(name: string, golden: GoldenModel): string[] {
  const cases = Object.keys(golden.cases).map((caseName) => `${name}/${caseName}`);
  return [...cases, ...layersOf(golden).map((layer) => layerCase(name, layer))];
}

/** Operators whose outputs are compared in case u1. */
function layersOf(golden: GoldenModel): readonly Layer[] {
  return isFloatModel(golden) ? [] : (golden.layers ?? []);
}

function layerCase(name: string, { op, index }: Layer): string {
  return `${name}/u1/${op}_${index}`;
}

function isFloatModel(golden: GoldenModel): boolean {
  return golden.inputs[0]!.type === "FLOAT32";
}

async function runModel({ module, readBytes, report }: SuiteContext, name: string, golden: GoldenModel): Promise<void> {
  const isFloat = isFloatModel(golden);
  const layers = layersOf(golden);
  const qbin = writeQbin(importTflite(await readBytes(`shared/models/${golden.file}`), { name }));
  const kinds = await everyFamily(qbin, module);
  const models = await Promise.all(kinds.map(({ open }) => open()));
  for (const [caseName, files] of Object.entries(golden.cases)) {
    const inputs = await Promise.all(files.inputs.map(({ file }) => readBytes(`shared/golden/${name}/${file}`)));
    const outputs = await Promise.all(files.xnnpack.map(({ file }) => readBytes(`shared/golden/${name}/${file}`)));
    const problems = models.map((model, i) => blame(kinds[i]!.who, runOnce(model, inputs, outputs, isFloat)));
    report(verdict(`${name}/${caseName}`, problems));
    if (caseName !== "u1" || layers.length === 0) continue;
    const differences = new Map(layers.map((layer) => [layer, [] as (string | undefined)[]]));
    for (const { who, open } of kinds) {
      const kept = await open({ keepAll: true });
      runOnce(kept, inputs, outputs, isFloat);
      for (const layer of layers) differences.get(layer)!.push(blame(who, await compareLayer(kept, layer)));
      kept.dispose();
    }
    for (const layer of layers) report(verdict(layerCase(name, layer), differences.get(layer)!));
  }
  for (const model of models) model.dispose();
}

interface OperatorEntry {
  readonly name: string;
  readonly inputs: readonly { file: string }[];
  readonly outputs: readonly { file: string }[];
}

async function operatorEntries({ readBytes, params }: SuiteContext): Promise<OperatorEntry[]> {
  const manifest = JSON.parse(new TextDecoder().decode(await readBytes("repo/test/models/manifest.json")));
  const wanted = params?.["case"] ?? "";
  return (manifest.models as OperatorEntry[]).filter(({ name }) => name.includes(wanted));
}

async function runOperator({ module, readBytes, report }: SuiteContext, entry: OperatorEntry): Promise<void> {
  const read = (files: readonly { file: string }[]) =>
    Promise.all(files.map(({ file }) => readBytes(`repo/test/models/${file}`)));
  const isFloat = entry.name.includes("float32");
  let message: string | undefined;
  try {
    const qbin = writeQbin(importTflite(await readBytes(`repo/test/models/${entry.name}.tflite`)));
    const [inputs, outputs] = await Promise.all([read(entry.inputs), read(entry.outputs)]);
    for (const { who, open } of await everyFamily(qbin, module)) {
      const model = await open();
      message ??= blame(who, runOnce(model, inputs, outputs, isFloat));
      model.dispose();
    }
  } catch (error) {
    message = `threw ${error}`;
  }
  report({ case: `operators/${entry.name}`, ok: message === undefined, message });
}

/** Sets the inputs, runs, compares the outputs; returns what differs. */
function runOnce(model: Model, inputs: readonly Uint8Array[], outputs: readonly Uint8Array[], isFloat: boolean) {
  inputs.forEach((bytes, i) => {
    const view = model.input(i);
    view.data.set(elementsOf(view.dtype, bytes) as never);
  });
  model.run();
  for (const [i, bytes] of outputs.entries()) {
    const view = model.output(i);
    const difference = compareData(view.data, elementsOf(view.dtype, bytes), isFloat);
    if (difference) return `output ${i} ${difference}`;
  }
  return undefined;
}

function compareData(actual: TypedData, expected: TypedData, isFloat: boolean): string | undefined {
  if (actual.length !== expected.length) return `has ${actual.length} elements, expected ${expected.length}`;
  const largest = Math.max(...Array.from<number | bigint, number>(expected, (value) => Math.abs(Number(value))));
  const tolerance = isFloat ? FLOAT_TOLERANCE * largest : 0;
  let count = 0;
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(Number(actual[i]) - Number(expected[i]));
    if (difference <= tolerance) continue;
    count++;
    worst = Math.max(worst, difference);
  }
  return count === 0 ? undefined : `differs in ${count} of ${actual.length}, at most by ${worst}`;
}

/** Compares by hash: not every layer's bytes are stored. uint8 layers are int8 inside, 128 lower. */
async function compareLayer(model: Model, layer: Layer): Promise<string | undefined> {
  const node = model.info.nodes.find(({ name }) => name === `${layer.op}_${layer.index}`);
  if (!node) return "is not in the imported graph";
  const { data, dtype } = model.tensor(node.outputs[0]!);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  if (layer.type === "UINT8" && dtype === "int8") for (let i = 0; i < bytes.length; i++) bytes[i]! ^= 0x80;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex === layer.xnnpack.sha256 ? undefined : `"${node.outputs[0]}" differs from the golden bytes`;
}
