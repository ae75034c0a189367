import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MODULES } from "../../host/wasm/kernel.js";
import { root } from "../../scripts/project.mjs";

const ENTRIES = ["index", "toolchain", "node"];
const PROGRAMS = ["cli/qbin.js", "cli/run.js"];
const BESIDE_DIST = ["LICENSE", "README.md", "docs/qbin.md", "package.json", "run.js"];

/** An empty folder, and in it what `npm install qbin-0.1.0.tgz` makes. */
let app: string;
/** Names in the tarball. */
let files: string[];

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "qbin-package-"));
  const packed = npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", app);
  const [{ filename, files: entries }] = JSON.parse(packed);
  files = entries.map(({ path }: { path: string }) => path).sort();
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  npm(app, "install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`);
}, 120_000);
afterAll(() => rmSync(app, { recursive: true, force: true }));

/** Not as part of the `npm test` that may have started us, which leaves word of its own project. */
function npm(cwd: string, ...args: string[]): string {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle)/.test(name)),
  );
  for (const name of ["INIT_CWD", "npm_config_local_prefix"]) delete env[name];
  return execFileSync("npm", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs `text` as a module of the app. */
function evaluate(text: string): unknown {
  const options = { cwd: app, encoding: "utf8" } as const;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", text], options));
}

/** Paths below dist/ that `files` import, and what those import. */
function reachable(starts: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(join(root, "dist", path), "utf8");
    for (const [, request] of text.matchAll(/(?:\bfrom\s*|\bimport\(?\s*)["'`](\.[^"'`]+)["'`]/g)) {
      const target = resolve("/", dirname(path), request!).slice(1);
      visit(path.endsWith(".d.ts") ? target.replace(/\.js$/, ".d.ts") : target);
    }
  };
  for (const start of starts) visit(start);
  return seen;
}

describe("the tarball", () => {
  test("has beside dist/ what users read and run", () => {
    expect(files.filter((path) => !path.startsWith("dist/"))).toEqual(BESIDE_DIST);
  });

  test("has in dist/ what its entries reach, and the modules", () => {
    const code = reachable([...ENTRIES.map((entry) => `${entry}.js`), ...PROGRAMS]);
    const types = reachable(ENTRIES.map((entry) => `${entry}.d.ts`));
    const packed = files.filter((path) => path.startsWith("dist/")).map((path) => path.slice("dist/".length));
    for (const path of [...code, ...types]) expect(packed).toContain(path);
    const isNeeded = (path: string) => {
      const stem = path.replace(/(\.d\.ts|\.js|\.wasm)$/, "");
      return code.has(`${stem}.js`) || types.has(`${stem}.d.ts`);
    };
    expect(packed.filter((path) => !isNeeded(path))).toEqual([]);
    expect(packed.filter((path) => path.endsWith(".wasm"))).toEqual(
      [...MODULES, "scalar-more", "simd-more", "threads"].map((name) => `wasm/${name}.wasm`).sort(),
    );
    expect(packed.filter((path) => !/\.(js|d\.ts|wasm)$/.test(path))).toEqual([]);
  });
});

describe("installed into an empty folder", () => {
  test("it brings its three dependencies and nothing else", () => {
    const { packages } = JSON.parse(readFileSync(join(app, "node_modules/.package-lock.json"), "utf8"));
    expect(Object.keys(packages).sort()).toEqual([
      "node_modules/@bufbuild/protobuf",
      "node_modules/commander",
      "node_modules/flatbuffers",
      "node_modules/qbin",
    ]);
  });

  test("every export can be imported", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const names = Object.keys(exports).map((path) => path.replace(/^\./, "qbin"));
    expect(names).toContain("qbin/toolchain");
    const found = evaluate(`
      const names = {};
      for (const name of ${JSON.stringify(names.filter((name) => !/\.(wasm|json)$/.test(name)))}) {
        names[name] = Object.keys(await import(name));
      }
      for (const name of ${JSON.stringify(names.filter((name) => /\.(wasm|json)$/.test(name)))}) {
        names[name] = import.meta.resolve(name);
      }
      console.log(JSON.stringify(names));`) as Record<string, string[] | string>;
    expect(Object.keys(found).sort()).toEqual(names.sort());
    expect(found["qbin"]).toEqual(expect.arrayContaining(["load", "QbinError"]));
    expect(found["qbin/toolchain"]).toEqual(expect.arrayContaining(["importTflite", "writeQbin"]));
    expect(found["qbin/wasm/simd.wasm"]).toMatch(/node_modules\/qbin\/dist\/wasm\/simd\.wasm$/);
  });

  test("it loads and runs a model", () => {
    const input = JSON.stringify(join(root, "examples/digits/input.bin"));
    const result = evaluate(`
      import { readFileSync } from "node:fs";
      import { pathToFileURL } from "node:url";
      import { load } from "qbin";
      const model = await load(pathToFileURL(${JSON.stringify(join(root, "examples/digits/digits.qbin"))}));
      model.input().data.set(new Int8Array(readFileSync(${input})));
      model.run();
      console.log(JSON.stringify([...model.output().data]));`);
    const { outputs } = JSON.parse(readFileSync(join(root, "examples/digits/expected.json"), "utf8"));
    expect(result).toEqual([...new Int8Array(Buffer.from(outputs[0], "hex"))]);
  });

  test("npx qbin explains itself and runs a model", () => {
    expect(npm(app, "exec", "--offline", "--", "qbin", "--help")).toContain("Usage: qbin");
    const file = join(root, "examples/digits");
    const run = ["exec", "--offline", "--", "qbin", "run", `${file}/digits.qbin`, `${file}/input.bin`, "--json"];
    expect(JSON.parse(npm(app, ...run)).outputs[0].top[0].label).toBe("9");
  });

  test("TypeScript finds the types of every entry", () => {
    mkdirSync(join(app, "src"));
    const text = `
      import { load, type Model } from "qbin";
      import { importTflite, writeQbin } from "qbin/toolchain";
      import { readModelFile } from "qbin/node";
      export const model: Promise<Model> = load(writeQbin(importTflite(await readModelFile("x.tflite"))));
      export const scores: Promise<Float32Array | undefined> = model.then((m) => m.predict([1, 2])["scores"]);`;
    writeFileSync(join(app, "src/use.ts"), text);
    const options = { strict: true, noEmit: true, module: "nodenext", target: "es2022", lib: ["es2023", "dom"] };
    const types = { types: ["node"], typeRoots: [join(root, "node_modules/@types")] };
    const config = { compilerOptions: { ...options, ...types }, include: ["src"] };
    writeFileSync(join(app, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", app], { cwd: app, encoding: "utf8" });
    expect(stdout).toBe("");
  });
});
