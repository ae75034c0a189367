import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/project.mjs";
import { CHROMIUM } from "../engines/browsers.mjs";
import { findOnPath, installPackages, packagedBinary } from "../engines/packages.mjs";

describe("examples/deno", () => {
  // The engines come with the first run of the suites; whoever tests this alone waits for them.
  beforeAll(() => installPackages(() => {}), 300_000);

  test("five lines read a digit", (context) => {
    const deno = packagedBinary({ package: /^@deno\//, binary: "deno" }) ?? findOnPath(["deno"]);
    if (!deno) return context.skip("no Deno in test/engines/node_modules or on PATH");
    const script = join(root, "examples/deno/digits.ts");
    const args = ["run", "--no-config", "--no-remote", "--allow-read", script];
    expect(execFileSync(deno, args, { encoding: "utf8" })).toBe("9\n");
  });
});

describe("examples/web", () => {
  let server: ReturnType<typeof spawn>;
  let page: string;
  beforeAll(async () => {
    server = spawn(process.execPath, [join(root, "examples/web/serve.mjs"), "0"], { stdio: ["ignore", "pipe", 2] });
    page = await new Promise((done) => server.stdout!.once("data", (line) => done(String(line).trim())));
  });
  afterAll(() => server.kill());

  test("five lines read a digit", (context) => {
    const chromium = process.env["CHROME_BIN"] ?? findOnPath(CHROMIUM.names);
    if (!chromium) return context.skip(`no ${CHROMIUM.names.join(" or ")} on PATH`);
    const profile = mkdtempSync(join(tmpdir(), "qbin-web-"));
    const isRoot = process.getuid?.() === 0;
    const flags = ["--headless", "--disable-gpu", `--user-data-dir=${profile}`, ...(isRoot ? ["--no-sandbox"] : [])];
    try {
      const args = [...flags, "--virtual-time-budget=20000", "--dump-dom", page];
      const dom = execFileSync(chromium, args, { stdio: ["ignore", "pipe", "ignore"], timeout: 50_000 });
      expect(String(dom)).toContain("<output>9</output>");
    } finally {
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    }
  });

  test.each([
    ["/examples/web/", 200],
    ["/examples/web", 404],
    ["/../../etc/passwd", 404],
    ["/%2e%2e/%2e%2e/etc/passwd", 404],
    ["/%zz", 404],
    ["//etc/passwd", 404],
  ])("the server answers %s with %d", async (path, status) => {
    const { port } = new URL(page);
    const received = await new Promise((done, fail) => {
      get({ port, path }, (response) => {
        response.resume();
        done(response.statusCode);
      }).once("error", fail);
    });
    expect(received).toBe(status);
  });
});
