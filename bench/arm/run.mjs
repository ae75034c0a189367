#!/usr/bin/env node
/**
 * Counts the ARM64 instructions that kernels execute per multiply, under QEMU. Counts are the same on every run and every
 * machine, so they show what a change of a kernel or of V8 did where no board is at hand; speed they show only roughly.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { builtModules } from "../../scripts/built-modules.mjs";
import { ensureBuilt, ensureInstalled, root } from "../../scripts/project.mjs";
import { emulate } from "./emulate.mjs";
import { prepareTools } from "./tools.mjs";

const USAGE = `node bench/arm/run.mjs [options]
  --assert     exit status 1 when a count is more than 2 % off bench/arm/expected.json, or under its target
  --update     write the counts to bench/arm/expected.json
  --case TEXT  only the cases whose name holds the text`;

const EXPECTED = join(import.meta.dirname, "expected.json");
const TOLERANCE = 0.02;
const CPUS = ["cortex-a72", "cortex-a76"];

/** Multiplies per instruction that a kernel must reach: A72 has no 8-bit dot product, A76 has. */
const TARGETS = {
  "cortex-a72": { "gemm extmul": 3.3, "depthwise extmul": 1.1, "depthwise_2 extmul": 1.1 },
  "cortex-a76": { "gemm relaxed": 7.0, "depthwise extmul": 1.1, "depthwise_2 extmul": 1.1 },
};

const flag = { type: "boolean", default: false };
const { values } = parseArgs({
  options: { assert: flag, update: flag, help: flag, case: { type: "string", default: "" } },
});
if (values.help) console.log(USAGE);
else
  await main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });

async function main() {
  ensureInstalled();
  ensureBuilt();
  const tools = await prepareTools(CPUS);
  const guest = await bundle("guest");
  const { CASES } = await import(await bundle("cases"));
  const cases = CASES.filter(({ name }) => name.includes(values.case));
  if (cases.length === 0) throw new Error(`--case ${values.case}: no case has this in its name`);
  const expected = JSON.parse(readFileSync(EXPECTED, "utf8"));
  const work = CPUS.flatMap((cpu) => cases.map(({ name }) => ({ cpu, name })));
  const rows = await inParallel(work, async ({ cpu, name }) => {
    const { kernel, macs, instructions } = await emulate(tools, cpu, guest, name);
    console.error(`${cpu} ${name}: ${instructions} instructions`);
    const before = expected[cpu]?.[name];
    const change = before === undefined ? Infinity : instructions / before - 1;
    return { cpu, name, kernel, instructions, before, change, rate: macs / instructions, target: TARGETS[cpu][name] };
  });
  console.log(formatTable(rows));
  if (values.update) {
    for (const { cpu, name, instructions } of rows) expected[cpu] = { ...expected[cpu], [name]: instructions };
    writeFileSync(EXPECTED, `${JSON.stringify(expected, null, 2)}\n`);
  }
  const problems = rows.flatMap(problemsOf);
  for (const problem of values.assert ? problems : []) console.error(`problem: ${problem}`);
  if (values.assert && problems.length > 0) process.exitCode = 1;
}

function problemsOf({ cpu, name, instructions, before, change, rate, target = 0 }) {
  const problems = [];
  if (Math.abs(change) > TOLERANCE)
    problems.push(`${instructions} instructions, expected ${before} ±2 % (--update, when the change is meant)`);
  if (rate < target) problems.push(`${rate.toFixed(2)} multiplies per instruction, target ${target}`);
  return problems.map((problem) => `${name} on ${cpu}: ${problem}`);
}

function formatTable(rows) {
  const head = ["cpu", "case", "kernel", "instructions", "multiplies/instruction", "target", "change"];
  const cells = rows.map(({ cpu, name, kernel, instructions, before, change, rate, target }) => [
    ...[cpu, name, kernel, String(instructions), rate.toFixed(2), target?.toFixed(1) ?? ""],
    before === undefined ? "new" : `${(100 * change).toFixed(1)} %`,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column].length)));
  const pad = (text, column) => (column < 3 ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  return [head, ...cells].map((row) => row.map(pad).join("  ")).join("\n");
}

/** As many at a time as there are processors; each is a process of at most 1 GiB, so no more than two. */
async function inParallel(items, run) {
  const results = [];
  const waiting = [...items.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return results;
}

/** A TypeScript file of this folder as one that any Node can run. */
async function bundle(name) {
  const input = join(import.meta.dirname, `${name}.ts`);
  const file = join(root, `build/arm/${name}.mjs`);
  const built = await rolldown({ input, plugins: [builtModules], external: [/^node:/], logLevel: "silent" });
  await built.write({ file, format: "esm", codeSplitting: false });
  await built.close();
  return file;
}
