/**
 * `npm test`: installs and builds what is missing, then the static checks, the tests, and the suites on every engine.
 * `npm test -- test/format -t digest` hands its arguments to vitest and runs nothing else.
 *
 * With CI set a skipped test is a failure: whatever it needs has to be there. Only the relaxed modules may be missing, because
 * that is up to engine and processor; scalar and simd run everywhere.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled as installPeers } from "../bench/peers/lib/install.mjs";
import { ensureBuilt, ensureInstalled, packageFile, root, run, succeeds } from "./project.mjs";

const REPORT = join(root, "build/vitest.json");
const isCi = Boolean(process.env["CI"]);

ensureInstalled();
ensureBuilt();
const vitest = packageFile("vitest", "vitest.mjs");
const filter = process.argv.slice(2);
if (filter.length > 0) {
  run(vitest, "run", ...filter);
} else {
  // Random models are compared with the runtimes themselves; elsewhere than in CI nobody has to fetch them for that.
  if (isCi) installPeers();
  const isClean = succeeds("scripts/check.mjs");
  const tests = runTests();
  const suites = await runSuites();
  const problems = [...(isClean ? [] : ["npm run check failed"]), ...tests.problems, ...suites.problems];
  if (isCi && tests.skipped > 0) problems.push(`vitest: ${tests.skipped} cases were skipped, and CI is set`);
  if (isCi && suites.avoidable > 0) problems.push(`suites: ${suites.avoidable} cases were skipped, and CI is set`);
  const sum = (key) => tests[key] + suites[key];
  const failed = Math.max(sum("failed"), Math.min(problems.length, 1));
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  console.log(["", ...problems.map((problem) => `problem: ${problem}`)].join("\n"));
  console.log(`${sum("passed")} passed, ${failed} failed${skipped}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

/** The vitest run; it prints itself. */
function runTests() {
  rmSync(REPORT, { force: true });
  const ok = succeeds(vitest, ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`]);
  if (!existsSync(REPORT)) return { passed: 0, failed: 0, skipped: 0, problems: ["vitest did not finish"] };
  const report = JSON.parse(readFileSync(REPORT, "utf8"));
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests, numTodoTests } = report;
  const skipped = numPendingTests + numTodoTests;
  const cases = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  for (const { status, fullName } of cases)
    if (!["passed", "failed"].includes(status)) console.log(`skipped: ${fullName}`);
  return { passed, failed, skipped, problems: ok ? [] : [`vitest: ${failed} cases failed`] };
}

/** Conformance and golden suite on all engines, with the table of who ran what. `avoidable`: skips of modules that run everywhere. */
async function runSuites() {
  const nothing = { passed: 0, failed: 0, skipped: 0, avoidable: 0 };
  if (!succeeds("scripts/build-suites.mjs")) return { ...nothing, problems: ["the suites were not built"] };
  const { runEngines } = await import("../test/engines/harness.mjs");
  const { formatResult } = await import("../test/engines/table.mjs");
  const result = await runEngines({ log: console.log });
  console.log(`\n${formatResult(result)}`);
  const { passed, failed, skipped, problems } = result;
  const cells = result.engines.flatMap((engine) => engine.cells).filter(({ module }) => !module.startsWith("relaxed"));
  const avoidable = cells.reduce((total, cell) => total + cell.skipped, 0);
  return {
    passed,
    failed,
    skipped,
    avoidable,
    problems: problems.length > 0 ? ["suites: see the problems above"] : [],
  };
}
