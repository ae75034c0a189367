/**
 * Times every variant that fits a layer, on every module asked for, beside the machine's peak. Bundled by bundle.mjs, because it
 * forces variants from inside.
 *
 * params: { layers: { id, dtype, layer }[], modules, rounds, peaks: { [dtype]: { [kind]: { macs, n } } } }
 */
import { writeQbin } from "../../host/format/write.ts";
import { load } from "../../host/runtime/load.ts";
import { MODULES } from "../../host/wasm/kernel.ts";
import { VARIANTS } from "../../host/wasm/variants.ts";
import { interleave } from "../lib/timing.mjs";
import { forced } from "./forced.mjs";
import { layerModel } from "./layer.mjs";

/** More than this slower than the best variant is a wrong pick. */
const WRONG = 1.05;
/** A pick that looks wrong is measured again: a disturbed machine is wrong once, a wrong pick always. */
const ATTEMPTS = 3;
/** Kernels of layers with weights. */
const WITH_WEIGHTS = /conv|gemv/;
const PACE = { windowMs: 0.5, warmUpMs: 30, warmUpRuns: 3, settle: true };

export async function run({ readBytes, report, params }) {
  const modules = await runnable(params.modules, params.layers[0]);
  const peaks = {};
  for (const { dtype, kind, n, macs } of params.peaks) {
    const bytes = await readBytes(`repo/build/bench/kernels/peak-${kind}-${dtype}.wasm`);
    if (!modules.some((module) => kindOf(module) === kind)) continue;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    exports.peak(n);
    peaks[dtype] = [...(peaks[dtype] ?? []), { kind, macs, run: () => exports.peak(n) }];
  }
  for (const { id, dtype, layer } of params.layers) {
    for (const row of await measure(layer, dtype, modules, peaks[dtype], params.rounds)) {
      report({ case: id, ok: true, message: JSON.stringify({ id, dtype, ...row }) });
    }
  }
}

/** Of the modules asked for, those this engine and processor run; each load also lets the engine choose and test it once. */
async function runnable(wanted, { layer, dtype }) {
  const file = writeQbin(layerModel(layer, dtype).model);
  const found = [];
  for (const module of MODULES.filter((name) => wanted.includes(name))) {
    try {
      (await load(file, { module })).dispose();
      found.push(module);
    } catch (error) {
      if (error.code !== "no-module") throw error;
    }
  }
  return found;
}

const kindOf = (module) => module.split("-")[0];

async function measure(layer, dtype, modules, peaks, rounds) {
  const { model: data, input } = layerModel(layer, dtype);
  const file = writeQbin(data);
  const contenders = [];
  for (const module of modules) contenders.push(...(await variantsOf(file, input, module)));
  const wrong = contenders.find(({ output }) => !isSame(output, contenders[0].output));
  if (wrong)
    throw new Error(`${wrong.kernel} (${wrong.module}) and ${contenders[0].kernel} disagree on ${layer.shape}`);
  let rows;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const timings = interleave([...contenders, ...peaks], { ...PACE, rounds });
    rows = contenders.map(({ module, kernel, pick }, i) => {
      const p = peaks.findIndex(({ kind }) => kind === kindOf(module));
      const gmacs = layer.macs / timings[i].median / 1e6;
      const peak = peaks[p].macs / timings[contenders.length + p].median / 1e6;
      return { module, kernel, pick, ...timings[i], gmacs, peak };
    });
    if (!rows.some((row) => isWrongPick(row, rows))) break;
  }
  for (const { model } of contenders) model.dispose();
  return rows.map((row) => ({ ...row, wrong: isWrongPick(row, rows) }));
}

function isWrongPick({ pick, module, median }, rows) {
  return pick && rows.some((row) => row.module === module && row.median * WRONG < median);
}

/** Loads the layer with each kernel that can be forced on it, and asks what is picked when none is. */
async function variantsOf(file, input, module) {
  const { kernels } = (await load(file, { module })).info.nodes[0];
  const picked = kernels.at(-1);
  const found = [];
  for (const { kernel, modules } of VARIANTS) {
    if (!modules.includes(module) || !WITH_WEIGHTS.test(kernel)) continue;
    const model = await loadForced(file, module, kernel);
    if (!model) continue;
    model.input(0).data.set(input);
    model.run();
    found.push({
      module,
      kernel,
      pick: kernel === picked,
      model,
      output: model.output(0).data.slice(),
      run: () => model.run(),
    });
  }
  return found;
}

/** The layer with `kernel`, or undefined where its planner cannot use it. */
async function loadForced(file, module, kernel) {
  forced.kernel = kernel;
  try {
    const model = await load(file, { module });
    return model.info.nodes[0].kernels.includes(kernel) ? model : undefined;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  } finally {
    forced.kernel = undefined;
  }
}

/** Integer kernels agree to the bit; float32 kernels add in another order. */
function isSame(output, expected) {
  const scale = output instanceof Float32Array ? 1e-5 * Math.max(...expected.map(Math.abs)) : 0;
  return output.every((value, i) => Math.abs(value - expected[i]) <= scale);
}
