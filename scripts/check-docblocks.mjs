/** Every export of a published entry has a docblock where it is declared: editors show nothing else. */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseSync } from "rolldown/utils";
import { root } from "./project.mjs";

const ENTRIES = ["index", "toolchain", "node"];
const modules = new Map();

let count = 0;
const missing = new Set();
for (const entry of ENTRIES) {
  for (const name of exportedNames(`host/${entry}.ts`)) {
    const { file, local } = declarationOf(`host/${entry}.ts`, name);
    count++;
    if (!hasDocblock(file, local)) missing.add(`${file}: ${local}, exported by host/${entry}.ts, has no docblock`);
  }
}
if (count < 20) missing.add(`only ${count} exports were found; this check reads the wrong files`);
for (const line of missing) console.error(line);
process.exitCode = missing.size > 0 ? 1 : 0;

/** A source file, parsed; `path` is relative to the project. */
function load(path) {
  let module = modules.get(path);
  if (module === undefined) {
    const text = readFileSync(join(root, path), "utf8");
    module = { text, ...parseSync(path, text) };
    modules.set(path, module);
  }
  return module;
}

/** @returns {string[]} */
function exportedNames(path) {
  return entriesOf(path).flatMap((entry) =>
    isStar(entry) ? exportedNames(target(path, entry.moduleRequest.value)) : [entry.exportName.name],
  );
}

/** The file that declares what `path` exports as `name`, and the name it has there. */
function declarationOf(path, name) {
  const entry = entriesOf(path).find((candidate) => candidate.exportName.name === name);
  if (entry?.moduleRequest) return declarationOf(target(path, entry.moduleRequest.value), entry.importName.name);
  if (entry) return imported(path, entry.localName.name) ?? { file: path, local: entry.localName.name };
  for (const star of entriesOf(path).filter(isStar)) {
    const from = target(path, star.moduleRequest.value);
    if (exportedNames(from).includes(name)) return declarationOf(from, name);
  }
  throw new Error(`${path} does not export ${name}`);
}

/** `import { x } from "y"; export { x }`. */
function imported(path, local) {
  for (const { moduleRequest, entries } of load(path).module.staticImports) {
    const entry = entries.find(({ localName }) => localName.value === local);
    if (entry) return declarationOf(target(path, moduleRequest.value), entry.importName.name);
  }
  return undefined;
}

function hasDocblock(path, local) {
  const { program, comments, text } = load(path);
  const statement = program.body.find((node) => declaredNames(node.declaration ?? node).includes(local));
  if (statement === undefined) throw new Error(`${path} does not declare ${local}`);
  return comments.some(
    ({ type, value, end }) =>
      type === "Block" && value.startsWith("*") && text.slice(end, statement.start).trim() === "",
  );
}

function declaredNames(node) {
  if (node.type === "VariableDeclaration") return node.declarations.map(({ id }) => id.name);
  return node.id ? [node.id.name] : [];
}

function entriesOf(path) {
  return load(path).module.staticExports.flatMap(({ entries }) => entries);
}

function isStar({ moduleRequest, exportName }) {
  return moduleRequest !== null && exportName.kind === "None";
}

function target(path, request) {
  return join(resolve("/", dirname(path)), request)
    .slice(1)
    .replace(/\.js$/, ".ts");
}
