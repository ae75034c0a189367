#!/usr/bin/env node
/**
 * Counts the ARM64 instructions that kernels execute per multiply, under QEMU. Counts are the same on every run and every
 * machine, so they show what a change of a kernel or of V8 did where no board is at hand; speed they show only roughly.
 */
import { readFileSync, writeFileSync } from "node:fs";
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
else await main();

async function main() {
  ensureInstalled();
  ensureBuilt();
  const tools = prepareTools();
  const guest = await bundle("guest");
  const { CASES } = await import(await bundle("cases"));
  const expected = JSON.parse(readFileSync(EXPECTED, "utf8"));
  const counts = {};
  const problems = [];
  console.log(
    "cpu         case                 kernel                       instructions  multiplies/instruction  expected",
  );
  for (const cpu of CPUS) {
    counts[cpu] = { ...expected[cpu] };
    for (const { name } of CASES.filter((arm) => arm.name.includes(values.case))) {
      const { kernel, macs, instructions } = await emulate(tools, cpu, guest, name);
      counts[cpu][name] = instructions;
      const before = expected[cpu]?.[name];
      const change = before === undefined ? Infinity : instructions / before - 1;
      const rate = macs / instructions;
      const target = TARGETS[cpu][name] ?? 0;
      if (Math.abs(change) > TOLERANCE)
        problems.push(`${name} on ${cpu}: ${instructions} instructions, expected ${before}`);
      if (rate < target)
        problems.push(`${name} on ${cpu}: ${rate.toFixed(2)} multiplies per instruction, target ${target}`);
      const cells = [cpu.padEnd(10), name.padEnd(19), kernel.padEnd(27), String(instructions).padStart(12)];
      cells.push(rate.toFixed(2).padStart(22), before === undefined ? "new" : `${(100 * change).toFixed(1)} %`);
      console.log(cells.join("  "));
    }
  }
  if (values.update) writeFileSync(EXPECTED, `${JSON.stringify(counts, null, 2)}\n`);
  if (!values.assert) return;
  for (const problem of problems) console.error(`problem: ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
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
