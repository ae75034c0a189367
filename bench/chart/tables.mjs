/** The peers' tables of a Markdown page, between `<!-- results -->` and `<!-- /results -->`. */
import { readFileSync, writeFileSync } from "node:fs";
import { formatNumber } from "../lib/report.mjs";

const PLACE = /(?<=<!-- results -->\n)[\s\S]*(?=<!-- \/results -->)/;

/** @throws Error where the page has no such place */
export function fillTables(page, results) {
  const before = readFileSync(page, "utf8");
  if (!PLACE.test(before)) throw new Error(`${page} has no <!-- results --> … <!-- /results -->`);
  writeFileSync(
    page,
    before.replace(PLACE, () => `\n${results.runs.map((run) => section(results, run)).join("\n")}\n`),
  );
}

function section({ cpu, machine }, { engine, module, commit, rows }) {
  const runtimes = [...new Set(rows.map(({ runtime }) => runtime))];
  const peers = runtimes.filter((runtime) => runtime !== "qbin");
  const models = [...new Set(rows.filter(({ peerPerQbin }) => peerPerQbin).map(({ case: model }) => model))];
  const find = (model, runtime) => rows.find((row) => row.case === model && row.runtime === runtime);
  const lines = models.map((model) => [
    model,
    ...peers.map((peer) => find(model, peer)?.peerPerQbin?.toFixed(2) ?? "–"),
    ...runtimes.map((runtime) => microsecondsOf(find(model, runtime))),
  ]);
  const header = ["peer / qbin", ...peers, ...runtimes.map((runtime) => `${runtime}, µs`)];
  const table = [header, header.map((_, i) => (i === 0 ? "---" : "--:")), ...lines];
  return `**${engine}, module ${module}** (${cpu}, ${machine}, commit ${commit}):\n\n${table.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

/** A time counts only beside a right answer. */
function microsecondsOf(row) {
  if (row?.medianUs === undefined) return "–";
  return row.ok ? formatNumber(row.medianUs) : "wrong";
}
