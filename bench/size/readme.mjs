/** The sizes in README.md: `node bench/size/readme.mjs` writes them, a test compares the table with what is built. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/project.mjs";
import { measureSizes } from "./measure.mjs";

const README = join(root, "README.md");
const TABLE = /(?<=\| what a page loads \| raw \| gzip \| brotli \|\n\|(?:---\|){4}\n)(?:\|.*\|\n)+/;

/**
 * The rows README.md has, as numbers.
 *
 * @returns {import("./measure.mjs").Size[]}
 */
export function statedSizes() {
  const [rows] = readFileSync(README, "utf8").match(TABLE) ?? [""];
  return rows
    .trim()
    .split("\n")
    .map((row) => row.split("|").slice(1, -1))
    .map(([entry, ...columns]) => {
      const [raw, gzip, brotli] = columns.map((text) => Number(text.replaceAll(",", "")));
      return { entry: entry.trim(), raw, gzip, brotli };
    });
}

/** The rows it should have. */
export async function measuredSizes() {
  const { runtime, operators, others, modules, page } = await measureSizes();
  return [runtime, operators, others, ...Object.values(modules), page];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const rows = (await measuredSizes()).map(({ entry, ...sizes }) => {
    return `| ${[entry, ...Object.values(sizes).map((bytes) => bytes.toLocaleString("en"))].join(" | ")} |\n`;
  });
  const text = readFileSync(README, "utf8");
  if (!TABLE.test(text)) throw new Error("README.md has no table of sizes");
  writeFileSync(README, withExampleFacts(text.replace(TABLE, rows.join(""))));
}

/** `text` with what npm start prints about module and memory; the time it prints differs from run to run and stays. */
function withExampleFacts(text) {
  const printed = execFileSync(process.execPath, [join(root, "examples/digits/run.mjs")], { encoding: "utf8" });
  return [/^ {4}module .*$/m, /^ {4}memory .*$/m].reduce(
    (page, line) => page.replace(line, printed.match(line)[0]),
    text,
  );
}
