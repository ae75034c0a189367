/**
 * Who may import whom under host/. A file belongs to the longest row that matches its path, where `*` stands for one
 * folder name; it may import its own row and the rows named, nothing else. Type-only imports count. Inside `ops/*` only
 * the same op is meant. docs/architecture.md shows this table, and a test keeps the two equal.
 */
export const RULES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  "ops/*/op.ts": ["core"],
  "ops/*/reference.ts": ["core", "ops/*/op.ts"],
  "ops/*/kernel.ts": ["core", "ops/*/op.ts", "wasm"],
  "ops/*/quantize.ts": ["core", "ops/*/op.ts"],
  "ops/index.ts": ["core", "ops/*/op.ts"],
  format: ["core"],
  "format/read.ts": ["core", "ops/index.ts", "format"],
  "format/write.ts": ["core", "ops/index.ts", "format", "format/read.ts"],
  graph: ["core", "ops/index.ts"],
  passes: ["core", "graph", "ops/index.ts", "reference"],
  "import/common": ["core"],
  "import/protobuf": ["core", "@bufbuild/protobuf/wire"],
  "import/tflite": ["core", "graph", "ops/index.ts", "import/common", "flatbuffers"],
  "import/onnx": ["core", "graph", "ops/index.ts", "reference", "import/common", "import/protobuf"],
  "import/caffe": ["core", "graph", "import/common", "import/protobuf"],
  "import/index.ts": ["core", "import/common", "import/tflite", "import/onnx", "import/caffe"],
  reference: ["core", "graph", "ops/index.ts", "ops/*/reference.ts"],
  quantize: ["core", "format", "format/write.ts", "graph", "ops/index.ts", "ops/*/quantize.ts", "index.ts"],
  wasm: ["core"],
  plan: ["core", "wasm"],
  runtime: ["core", "ops/index.ts", "ops/*/op.ts", "ops/*/kernel.ts", "format", "plan", "wasm"],
  node: ["core", "node:*", "sharp"],
  cli: ["index.ts", "toolchain.ts", "node.ts", "commander", "node:*"],
  "index.ts": ["core", "runtime", "wasm"],
  "toolchain.ts": [
    "core",
    "ops/index.ts",
    "format",
    "format/read.ts",
    "format/write.ts",
    "graph",
    "import/index.ts",
    "passes",
    "quantize",
  ],
  "node.ts": ["node"],
};

/** Where a kernel folder under assembly/ may reach besides itself. */
export const ASSEMBLY_SHARED: readonly string[] = ["lanes", "gemm", "window"];

/** Paths that `import { load } from "qbin"` must never pull in. */
export const NOT_IN_RUNTIME =
  /^host\/(graph|import|passes|quantize|reference|node|cli)\/|^host\/format\/(read|write)|^host\/ops\/index|^host\/ops\/[^/]+\/(reference|quantize)\.ts|^host\/(toolchain|node)\.ts/;

/** The row a path under host/ belongs to: the one with the most characters that matches. */
export function rowOf(path: string): string | undefined {
  return Object.keys(RULES)
    .filter((row) => new RegExp(`^${row.replaceAll(".", "\\.").replaceAll("*", "[^/]+")}(/|$)`).test(path))
    .sort((a, b) => b.length - a.length)[0];
}

/** Why `from` may not import `to` (a path under host/, or a package), or undefined if it may. */
export function violation(from: string, to: string): string | undefined {
  const row = rowOf(from);
  if (row === undefined) return `host/${from} belongs to no row of RULES; add one, and to docs/architecture.md`;
  const target = to.startsWith("node:") ? "node:*" : (rowOf(to) ?? to);
  const isOtherOp = row.startsWith("ops/*") && target.startsWith("ops/*") && opFolder(from) !== opFolder(to);
  if (!isOtherOp && (target === row || RULES[row]!.includes(target))) return undefined;
  const allowed = RULES[row]!.length > 0 ? `only: ${RULES[row]!.join(", ")}` : "nothing outside itself";
  return `host/${from} imports ${to}; ${row} may import ${allowed}${isOtherOp ? " (of its own op)" : ""}`;
}

function opFolder(path: string): string | undefined {
  return path.split("/")[1];
}
