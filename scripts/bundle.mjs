/**
 * Bundles host/ into dist/: few files, because every file costs a process or a page that loads them. What
 * `import { load } from "qbin"` needs at once is one chunk; ops come with the first model that has them.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";
import { builtModules } from "./built-modules.mjs";
import { root } from "./project.mjs";

const host = (file) => join(root, "host", file);
const ENTRIES = {
  index: host("index.ts"),
  toolchain: host("toolchain.ts"),
  node: host("node.ts"),
  "cli/qbin": host("cli/qbin.ts"),
  "cli/run": host("cli/run.ts"),
};
/** Chunks by name, and the modules whose static imports they hold; the first that has a module keeps it. */
const CHUNKS = {
  runtime: [host("index.ts")],
  // Most machines test their relaxed kernels before the first model runs, which needs these ops anyway.
  operators: [host("runtime/facets-common.ts"), host("runtime/self-test.ts")],
  "operators-other": [host("runtime/facets-other.ts")],
  rare: [host("wasm/rare-plans.ts")],
};

/** The wasm binaries stay files of their own, beside the folder of the chunks: only one of them is ever loaded. */
const wasmText = {
  ...builtModules,
  resolveId(source, importer) {
    const isBinary = builtModules.resolveId(source, importer) !== null;
    return isBinary ? { id: `../wasm/${basename(source)}`, external: true } : null;
  },
};

/** @param {string} dir where to write; the wasm text files must be in its folder wasm/ */
export async function bundleHost(dir) {
  const groups = [];
  for (const [name, entries] of Object.entries(CHUNKS)) {
    const modules = await Promise.all(entries.map(staticImports));
    groups.push({ name, modules: new Set(modules.flatMap((ids) => [...ids])) });
  }
  const bundle = await rolldown(options(ENTRIES));
  await bundle.write({
    dir,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js",
    // A process that has just started reads every byte; the comments are in the sources.
    comments: false,
    minify: true,
    codeSplitting: {
      groups: groups.map(({ name, modules }, i) => ({
        name,
        test: (id) => modules.has(id) && !groups.slice(0, i).some((earlier) => earlier.modules.has(id)),
      })),
    },
  });
  await bundle.close();
  skipFacades(join(dir, "chunks"));
}

/**
 * A module that is imported by `import()` and shares its chunk with others gets a file of its own that hands its exports
 * through. A file costs a third of a millisecond, so whoever imports it names the chunk's exports instead.
 */
function skipFacades(folder) {
  const texts = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
  for (const [facade, text] of texts) {
    const [, names, chunk] = text.match(/^export\{([^}]+)\}from"(\.\/[^"]+)";\s*$/) ?? [];
    if (chunk === undefined) continue;
    const exports = names.split(",").map((name) => name.split(" as "));
    const picked = exports.map(([inner, outer = inner]) => `${outer}:m.${inner}`);
    for (const [file, importer] of texts) {
      const changed = importer.replaceAll(`import(\`./${facade}\`)`, `import(\`${chunk}\`).then(m=>({${picked}}))`);
      texts.set(file, changed);
      if (changed !== importer) writeFileSync(join(folder, file), changed);
    }
    rmSync(join(folder, facade));
  }
}

/** Every module that importing `entry` loads at once. */
export async function staticImports(entry) {
  const bundle = await rolldown(options({ entry }));
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const seen = new Set();
  const visit = (name) => {
    const chunk = chunks.get(name);
    if (!chunk || seen.has(chunk)) return;
    seen.add(chunk);
    chunk.imports.forEach(visit);
  };
  visit(output.find(({ isEntry }) => isEntry).fileName);
  return new Set([...seen].flatMap(({ moduleIds }) => moduleIds));
}

function options(input) {
  return {
    input,
    plugins: [wasmText],
    external: [/^node:/, "commander", "flatbuffers", "sharp"],
    platform: "neutral",
    logLevel: "warn",
  };
}
