import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../scripts/project.mjs";

const FOLDERS = [".", "docs", "examples", "examples/digits", "bench/peers", "test/engines"];
const PAGES = FOLDERS.flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name))).filter(
  (path) => path.endsWith(".md"),
);
const read = (path: string) => readFileSync(join(root, path), "utf8");

test("all pages are seen", () => {
  expect(PAGES).toEqual(
    expect.arrayContaining(["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/qbin.md"]),
  );
});

describe.each(PAGES)("%s", (page) => {
  test("its links lead somewhere", () => {
    const targets = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
    const local = targets.filter((target) => !target.includes("://"));
    expect(local.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  test("what it names in the repository is there", () => {
    const paths = [...read(page).matchAll(/`((?:assembly|bench|docs|examples|host|scripts|test)\/[\w./-]+\.\w+)`/g)];
    expect(paths.map(([, path]) => path!).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe("README.md's commands run as they are printed", () => {
  // A folder of its own, because they write files.
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "qbin-readme-"));
    for (const name of ["dist", "examples", "node_modules", "package.json", "run.js"]) {
      symlinkSync(join(root, name), join(folder, name));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const commands = [...read("README.md").matchAll(/^node .*$/gm)].map(([line]) => line.replace(/\s+#.*/, ""));

  test("there are some", () => expect(commands.length).toBeGreaterThanOrEqual(4));

  test.each(commands)("%s", (command) => {
    const output = execFileSync("sh", ["-c", command], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", 2] });
    expect(output).toMatch(/\S/);
  });
});
