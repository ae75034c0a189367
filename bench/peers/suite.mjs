/**
 * The warm measurement, inside an engine: checks every runtime's answer, then times by turns those that have one.
 *
 * params: { models, runtimes, module, rounds, refused: { [runtime]: { [model]: why there is no file } } }
 */
import { checkAnswer } from "../lib/answer.mjs";
import { readCase } from "../lib/cases.mjs";
import { oneLine } from "../lib/text.mjs";
import { interleave } from "../lib/timing.mjs";
import { createRuntime, NEEDS_RELAXED } from "./peers/index.mjs";

export async function run({ readBytes, report, params }) {
  const { models, rounds } = params;
  const runtimes = params.runtimes
    .filter((name) => hasRelaxedSimd() || !NEEDS_RELAXED.includes(name))
    .map((name) => createRuntime(name, readBytes, params.module));
  for (const runtime of runtimes) {
    await runtime.read();
    await runtime.importGlue();
  }
  for (const name of models) {
    const rows = await measure(await readCase(readBytes, name), runtimes, rounds, params.refused);
    for (const row of rows) report({ case: `${name}/${row.runtime}`, ok: true, message: JSON.stringify(row) });
  }
}

/**
 * @param {import("../lib/cases.mjs").Case} golden
 * @param {import("./peers/index.mjs").Runtime[]} runtimes
 * @returns {Promise<import("./lib/warm-report.mjs").Row[]>} one per runtime, in order
 */
async function measure(golden, runtimes, rounds, refused) {
  const contenders = [];
  const rows = [];
  for (const runtime of runtimes) {
    const row = { model: golden.name, integer: golden.integer, runtime: runtime.name, module: runtime.module };
    rows.push(row);
    try {
      const reason = refused[runtime.name]?.[golden.name];
      if (reason) throw new Error(reason);
      const instance = await runtime.load(await runtime.readModel(golden));
      const { ok, text } = checkAnswer(instance, golden, runtime.steps);
      Object.assign(row, { ok, answer: text, module: instance.module ?? runtime.module });
      contenders.push({ row, instance, run: instance.run });
    } catch (error) {
      Object.assign(row, { ok: false, answer: `fails: ${oneLine(error)}` });
    }
  }
  const timings = interleave(contenders, { rounds });
  contenders.forEach(({ row, instance }, i) => {
    Object.assign(row, timings[i]);
    instance.dispose();
  });
  return rows;
}

/** One function that returns `i32x4.relaxed_dot_i8x16_i7x16_add_s` of three zero vectors. */
function hasRelaxedSimd() {
  const zero = [0x41, 0x00, 0xfd, 0x0f]; // i32.const 0, i8x16.splat
  const body = [0x00, ...zero, ...zero, ...zero, 0xfd, 0x93, 0x02, 0x0b];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0];
  return WebAssembly.validate(Uint8Array.of(...header, 10, body.length + 2, 1, body.length, ...body));
}
