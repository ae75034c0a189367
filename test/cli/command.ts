import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { root } from "../../scripts/project.mjs";

export const QBIN = join(root, "dist/cli/qbin.js");
export const RUN = join(root, "run.js");
export const DIGITS = join(root, "examples/digits");

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd?: string;
  /** A script other than `qbin`. */
  readonly script?: string;
  /** User id to run as; only root can choose one. */
  readonly uid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built command as users do: in a process of its own. */
export function qbin(args: readonly string[], { cwd = root, script = QBIN, uid, env }: Surroundings = {}) {
  if (!existsSync(QBIN)) throw new Error("dist/ is missing; build it first: npm run build");
  return new Promise<Result>((done, fail) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      ...(uid !== undefined && { uid, gid: uid }),
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.once("error", fail);
    child.once("close", (status) => done({ status, stdout, stderr }));
  });
}

/** What every refusal is: status 1, nothing on standard output, one line on standard error and no stack. */
export function expectRefusal(result: Result, message: RegExp | string): void {
  expect(result).toMatchObject({ status: 1, stdout: "" });
  expect(result.stderr).toMatch(/^qbin: [^\n]+\n$/);
  expect(result.stderr).not.toMatch(/\bat (\S+ \()?(file:|node:|\/)/);
  expect(result.stderr).not.toContain("internal error");
  if (typeof message === "string") expect(result.stderr).toContain(message);
  else expect(result.stderr).toMatch(message);
}

/** Standard output of a run that must succeed and say nothing else. */
export function expectSuccess({ status, stdout, stderr }: Result): string {
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

/** A folder with copies of the digits example's files, made before the file's tests and removed after them. */
export function useFolder(): { readonly path: string; file(name: string): string } {
  let path = "";
  beforeAll(() => {
    path = mkdtempSync(join(tmpdir(), "qbin-cli-"));
    for (const name of ["digits.qbin", "digits.tflite", "input.bin", "labels.txt"]) {
      cpSync(join(DIGITS, name), join(path, name));
    }
  });
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    file: (name) => join(path, name),
  };
}
