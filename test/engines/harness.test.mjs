/** What the harness must notice, seen on the engine that runs this test; `run.mjs --suites selftest.mjs` shows the rest. */
import { request } from "node:http";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findEmulator, MACHINES } from "./emulated.mjs";
import { runEngines } from "./harness.mjs";
import { mountsOf } from "./mounts.mjs";
import { startServer } from "./server.mjs";
import { formatResult } from "./table.mjs";
import { problemsOf } from "./verdict.mjs";

const SELFTEST = join(import.meta.dirname, "selftest.mjs");
const MODULES = ["scalar", "simd"];
const selftest = (how, options = {}) =>
  runEngines({
    engines: ["node"],
    suites: [SELFTEST],
    modules: MODULES,
    params: { selftest: how },
    mustHaveAll: false,
    ...options,
  });

test("a suite that behaves passes with every module", async () => {
  const result = await selftest("behave");
  expect(result.problems).toEqual([]);
  expect(result.engines[0].cells.map(({ module }) => module)).toEqual(["scalar", "simd"]);
  expect(result).toMatchObject({ ok: true, failed: 0 });
  expect(result.passed).toBeGreaterThan(20);
  expect(formatResult(result).split("\n").at(-1)).toBe(`${result.passed} passed, 0 failed, ${result.skipped} skipped`);
});

test.each([
  ["fail", /^node: selftest, scalar: 1 of \d+ cases failed$/],
  ["throw", /^node: selftest, scalar: Error: told to throw$/],
  ["silent", /^node: selftest, scalar: reported no case$/],
  ["reject", /^node: stopped in selftest, scalar, .*: Error: told to reject, unheard$/],
  ["exit", /^node: exited with status 3 \(in selftest, scalar, last case heard of "read_bytes_shared"\)$/],
  ["hang", /^node: no end after 2 s: stopped in selftest, scalar, last case heard of "read_bytes_shared"$/],
])("a suite told to %s fails", async (how, problem) => {
  const result = await selftest(how, { timeoutMs: 2000 });
  expect(result.ok).toBe(false);
  expect(result.problems[0]).toMatch(problem);
});

test("a failed case is printed with its message", async () => {
  const text = formatResult(await selftest("fail"));
  expect(text).toContain("FAILED node: selftest, simd: told_to_fail\n    expected 1\n    received 2\n");
});

test("an engine and a suite that do not exist are refused by name", async () => {
  await expect(runEngines({ engines: ["netscape"], suites: [SELFTEST] })).rejects.toThrow('no engine "netscape"');
  await expect(runEngines({ suites: ["no/such.js"] })).rejects.toThrow("no suite no/such.js");
  await expect(runEngines({ suites: [process.execPath] })).rejects.toThrow(
    "neither in the repository nor in ../shared",
  );
});

test("an emulator that is not there is not run, and says what to install", () => {
  const { PATH, QEMU_AARCH64 } = process.env;
  process.env.PATH = "/nowhere";
  delete process.env.QEMU_AARCH64;
  try {
    expect(findEmulator(MACHINES.arm64, "cortex-a72").reason).toBe(
      "no qemu-aarch64 on PATH, and QEMU_AARCH64 is not set; on Debian: " +
        "apt-get install qemu-user libc6-arm64-cross libstdc++6-arm64-cross libatomic1-arm64-cross",
    );
  } finally {
    process.env.PATH = PATH;
    if (QEMU_AARCH64 !== undefined) process.env.QEMU_AARCH64 = QEMU_AARCH64;
  }
});

describe("problemsOf", () => {
  const ran = (engine, cases) => {
    const cell = {
      suite: "s",
      module: "m",
      passed: cases.length,
      failed: 0,
      skipped: 0,
      failures: [],
      skips: [],
      cases,
    };
    return { engine, status: "ran", cells: [cell] };
  };
  const missing = { engine: "firefox", status: "missing", reason: "no firefox on PATH", cells: [] };

  test("cases_differ", () => {
    const problems = problemsOf([ran("node", ["a", "b", "c"]), ran("bun", ["a", "d"])], { mustHaveAll: false });
    expect(problems).toEqual(['bun: s, m: other cases than on node: without "b" and 1 more; with extra "d"']);
  });
  test("engine_missing", () => {
    const engines = [ran("node", ["a"]), missing];
    expect(problemsOf(engines, { mustHaveAll: false })).toEqual([]);
    expect(problemsOf(engines, { mustHaveAll: true })).toEqual(["firefox: not run, and CI is set: no firefox on PATH"]);
  });
  test("all_skipped", () => {
    const engine = ran("node", ["a"]);
    Object.assign(engine.cells[0], { passed: 0, skipped: 1 });
    expect(problemsOf([engine], { mustHaveAll: false })).toEqual(["node: every case was skipped"]);
  });
  test("nothing_ran", () => expect(problemsOf([missing], { mustHaveAll: false })).toEqual(["no engine ran"]));
});

describe("server", () => {
  let server;
  beforeAll(async () => {
    server = await startServer(mountsOf(resolve(import.meta.dirname, "../..")));
  });
  afterAll(() => server.close());

  /** Not fetch: it would tidy up the path first. */
  const get = (path, headers = {}) =>
    new Promise((done, fail) => {
      const { hostname, port } = new URL(server.origin);
      const sent = request({ hostname, port, path, headers }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () =>
          done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      sent.once("error", fail).end();
    });

  test("serves a mount's files with type and isolation", async () => {
    const { status, headers, body } = await get("/repo/test/engines/page.mjs");
    expect(status).toBe(200);
    expect(body.length).toBe(Number(headers["content-length"]));
    expect(headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
  });

  test.each([
    ["/", 400],
    ["/etc/passwd", 400],
    ["/repo", 400],
    ["/repo/", 400],
    ["/repo/../../etc/passwd", 400],
    ["/repo/%2e%2e/%2e%2e/etc/passwd", 400],
    ["/repo/..%2f..%2fetc/passwd", 400],
    ["/repo/..%5c..%5cetc/passwd", 400],
    ["/repo//etc/passwd", 400],
    ["/repo/.git/config", 400],
    ["/repo/%00", 400],
    ["/repo/%ff", 400],
    ["/__proto__/x", 400],
    ["/repo/test/engines", 404],
    ["/repo/none.js", 404],
    ["/job/none", 404],
    ["/events/none", 404],
  ])("refuses %s", async (path, status) => expect((await get(path)).status).toBe(status));

  test("refuses another host name", async () => {
    expect((await get("/repo/test/engines/page.mjs", { host: "example.test" })).status).toBe(403);
  });
});
