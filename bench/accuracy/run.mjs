/** `npm run bench -- accuracy`: right answers of every way to quantize, and the tables of docs/accuracy.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../scripts/project.mjs";
import { describeFacts, machineFacts } from "../lib/report.mjs";
import { measureWith } from "./measure.mjs";
import { subjects } from "./models.mjs";
import { modesTable, peersTable, techniquesTable } from "./tables.mjs";

const TABLES = { modes: modesTable, techniques: techniquesTable, peers: peersTable };
const PAGE = join(root, "docs/accuracy.md");
const USAGE = `npm run bench -- accuracy [TABLE …] [options]
  TABLE          ${Object.keys(TABLES).join(", ")} (all of them)
  --model M      resnet8 or depthwise (both)
  --save         writes the tables into docs/accuracy.md`;

const { values, positionals } = parseArgs({
  options: { model: { type: "string" }, save: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  allowPositionals: true,
});
if (values.help) console.log(USAGE);
else {
  try {
    await main(positionals.length > 0 ? positionals : Object.keys(TABLES));
  } catch (error) {
    console.error(`accuracy: ${error.message}`);
    process.exitCode = 1;
  }
}

async function main(wanted) {
  const toolchain = await import(join(root, "dist/toolchain.js"));
  const { load } = await import(join(root, "dist/index.js"));
  const models = subjects(toolchain);
  const names = values.model ? [values.model] : Object.keys(models);
  const unknown = [...wanted.filter((name) => !(name in TABLES)), ...names.filter((name) => !(name in models))];
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}\n${USAGE}`);
  const peers = JSON.parse(readFileSync(join(import.meta.dirname, "peers.json"), "utf8"));
  console.log(describeFacts(machineFacts(`Node ${process.versions.node}`)));
  for (const name of names) {
    const subject = models[name]();
    const measure = await measureWith(subject, { toolchain, load });
    for (const table of wanted) {
      const text = await TABLES[table](measure, peers.models[name]);
      console.log(`\n${subject.name}, ${table}, ${subject.images} images\n\n${text}`);
      if (values.save) save(`${name} ${table}`, text);
    }
  }
}

/** Puts a table between its marks on the page. */
function save(mark, text) {
  const page = readFileSync(PAGE, "utf8");
  const place = new RegExp(`(?<=<!-- ${mark} -->\n)[\\s\\S]*?(?=<!-- /${mark} -->)`);
  if (!place.test(page)) throw new Error(`${PAGE} has no <!-- ${mark} --> … <!-- /${mark} -->`);
  writeFileSync(
    PAGE,
    page.replace(place, () => `\n${text}\n\n`),
  );
}
