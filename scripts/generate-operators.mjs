/**
 * Writes docs/operators.md from the op declarations, the kernel variant table and what the TFLite importer makes of the
 * project's own test models. `--check` fails when the file is out of date.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importHost } from "./import-host.mjs";
import { root } from "./project.mjs";

const target = join(root, "docs/operators.md");
const { importTflite, supportedTfliteOperators } = await importHost("import/index");
const { OPS } = await importHost("ops/index");
const { VARIANTS } = await importHost("wasm/variants");
const { MODULES } = await importHost("wasm/kernel");

/** What operators become that no converter wrote into test/models. */
const NOT_IN_TEST_MODELS = {
  FAKE_QUANT: ["clip", "sub", "mul", "unary", "add", "reshape", "maximum", "minimum"],
  PACK: ["reshape", "concatenation"],
  PADV2: ["pad"],
  RELU_0_TO_1: ["clip"],
  SPLIT_V: ["split"],
  UNPACK: ["split", "reshape"],
};

const text = page();
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error("docs/operators.md is out of date: run npm run build:docs and commit the result");
  process.exitCode = 1;
}

function page() {
  const tflite = observeImporter();
  const takenBy = (op) => [...tflite].filter(([, ops]) => ops.includes(op)).map(([operator]) => code(operator));
  const ops = Object.values(OPS);
  return `${[
    "# Operators",
    "Generated from the declarations in `host/ops`, `host/wasm/variants.ts` and the importer by\n`scripts/generate-operators.mjs`; `npm run check` fails when it is out of date. docs/adding-an-op.md says how to add one.",
    "## What there is",
    "Every row of types runs on every module, with equal bits for integers. `numerics` are the profiles that\nan op has an arithmetic in for quantized tensors; docs/quantization.md has all of them.",
    table(
      ["op", "what it computes", "types", "numerics", "from TFLite"],
      ops.map((op) => [
        code(op.name),
        op.summary,
        op.types.map(formatTypes).join("<br>"),
        op.numerics.join(", "),
        takenBy(op.name).join(", ") || "–",
      ]),
    ),
    "## Inputs and attributes",
    "`?` marks an optional input, `*` one or more. Weights and biases must be constants. docs/qbin.md says how attributes\nare written in a file; a range is inclusive.",
    table(
      ["op", "code", "inputs", "outputs", "attributes"],
      ops.map((op) => [
        code(op.name),
        op.code,
        op.inputs.map(code).join(", "),
        op.outputs.map(code).join(", "),
        Object.entries(op.attributes)
          .map(([name, schema]) => `${code(name)} ${formatSchema(schema)}`)
          .join("<br>") || "–",
      ]),
    ),
    "## What TFLite operators become",
    table(
      ["TFLite", "ops"],
      [...tflite].map(([operator, names]) => [code(operator), names.map(code).join(", ")]),
    ),
    "## Kernels",
    "Names follow XNNPACK: `qs8` int8 activations, `qd8` float32 ones that become\nint8 while the model runs, `qc8w` int8 weights with a scale per channel, `f32` float32, `x8` and `x32`\nbytes and words of any type. A tile is mr rows of nr output channels; kr depth values are consumed together.",
    table(
      ["kernel", ...MODULES, "mr × nr, kr"],
      VARIANTS.map(({ kernel, modules, mr, nr, kr }) => [
        code(kernel),
        ...MODULES.map((module) => (modules.includes(module) ? "yes" : "")),
        mr === undefined ? "" : `${mr} × ${nr}, ${kr}`,
      ]),
    ),
  ].join("\n\n")}\n`;
}

/** TFLite operator → ops, in the importer's order, as seen on test/models: a node is named after the operator it came from. */
function observeImporter() {
  const seen = new Map(supportedTfliteOperators().map((operator) => [operator, new Set()]));
  const folder = join(root, "test/models");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".tflite"))) {
    for (const { name, op } of importedNodes(join(folder, file))) {
      seen.get(name.replace(/_\d+(\/.*)?$/, ""))?.add(op);
    }
  }
  return new Map([...seen].map(([operator, ops]) => [operator, becomes(operator, [...ops])]));
}

function becomes(operator, observed) {
  const ops = observed.length > 0 ? observed : NOT_IN_TEST_MODELS[operator];
  if (ops === undefined) throw new Error(`no model in test/models has ${operator}; add one, or name its ops here`);
  return ops;
}

/** Some models are there to be refused. */
function importedNodes(path) {
  try {
    return importTflite(new Uint8Array(readFileSync(path))).nodes;
  } catch (error) {
    if (error.name === "UnsupportedOpError") return [];
    throw error;
  }
}

/** "int8 int8 int32 -> int8" → "int8 · int8 · int32 → int8". */
function formatTypes(row) {
  const [from, to] = row.split("->").map((types) => types.trim().split(/\s+/).join(" · "));
  return `${from} → ${to}`;
}

function formatSchema({ kind, values, min, max, length }) {
  if (kind === "enum") return values.map((value) => JSON.stringify(value)).join(", ");
  if (kind === "bool") return "true, false";
  const range = `${formatBound(min)} … ${formatBound(max)}`;
  if (kind === "ints") return `${length ?? "list of"} integers ${range}`;
  return `${kind === "int" ? "integer" : "float"} ${range}`;
}

/** 65535 → "2^16 − 1", 1073741824 → "2^30". */
function formatBound(value) {
  if (value >= 2 ** 16 && Number.isInteger(Math.log2(value))) return `2^${Math.log2(value)}`;
  if (value >= 2 ** 16 - 1 && Number.isInteger(Math.log2(value + 1))) return `2^${Math.log2(value + 1)} − 1`;
  return String(value).replace("-", "−");
}

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function code(name) {
  return `\`${name}\``;
}
