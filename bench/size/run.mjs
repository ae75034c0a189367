/** Prints the sizes that README.md states. Needs a build; `--json` prints one JSON object a line. */
import { MODULE_LIMIT, measureSizes, RUNTIME_LIMIT } from "./measure.mjs";

const { runtime, operators, others, modules, page, toolchain } = await measureSizes();
const sizes = [runtime, operators, others, ...Object.values(modules), page, toolchain];
if (process.argv.includes("--json")) {
  for (const size of sizes) console.log(JSON.stringify({ bench: "size", ...size }));
} else {
  const rows = [["entry", "raw", "gzip", "brotli"]];
  for (const { entry, raw, gzip, brotli } of sizes) {
    rows.push([entry, ...[raw, gzip, brotli].map((bytes) => bytes.toLocaleString("en"))]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  for (const row of rows) console.log(row.map(pad).join("  "));
  console.log(`\nbounds: ${MODULE_LIMIT} bytes of Wasm a module, ${RUNTIME_LIMIT} bytes of JavaScript gzipped`);
}
