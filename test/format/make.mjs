// Writes test/format/malformed/*.qbin and the hex dump in docs/qbin.md. Run it after the format changed, and read the
// difference: node test/format/make.mjs
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rolldown } from "rolldown";

const here = (path) => new URL(path, import.meta.url);

const bundle = await rolldown({
  input: here("make.ts").pathname,
  platform: "node",
  resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
});
const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
const { makeFiles, makeDump } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);

mkdirSync(here("malformed/"), { recursive: true });
for (const name of readdirSync(here("malformed/"))) rmSync(here(`malformed/${name}`));
for (const [name, bytes] of makeFiles()) writeFileSync(here(`malformed/${name}.qbin`), bytes);

const page = here("../../docs/qbin.md");
const dump = /(<!-- dump -->\n```\n)[^`]*(```)/;
writeFileSync(
  page,
  readFileSync(page, "utf8").replace(dump, (_, before, after) => `${before}${makeDump()}\n${after}`),
);
