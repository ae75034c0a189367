import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { writeQbin } from "../../host/toolchain.js";
import { expectRefusal, expectSuccess, QBIN, qbin, RUN, useFolder } from "./command.js";
import { twoByTwo } from "./models.js";

const folder = useFolder();
const run = (...args: string[]) => qbin(args, { cwd: folder.path, script: RUN });

beforeAll(() => {
  writeFileSync(folder.file("two.qbin"), writeQbin(twoByTwo()));
  writeFileSync(folder.file("a.bin"), new Uint8Array(6));
  writeFileSync(folder.file("b.bin"), new Uint8Array(4));
});

describe("output files", () => {
  test("a folder that is missing", async () => {
    expectRefusal(await run("digits.qbin", "input.bin", "-o", "no/out.bin"), "no/out.bin: no such file or folder");
    const converted = await qbin(["convert", "digits.tflite", "-o", "no/x.qbin"], { cwd: folder.path });
    expectRefusal(converted, "no/x.qbin: no such file or folder");
  });

  test("a folder as the file", async () => {
    mkdirSync(folder.file("taken"));
    expectRefusal(await run("digits.qbin", "input.bin", "-o", "taken"), "taken: is a folder, not a file");
    expectRefusal(await run("digits.qbin", "input.bin", "-o", "new/"), "new/: is a folder, not a file");
    expectRefusal(await run("digits.qbin", "input.bin", "-o", ""), '"": no such file or folder');
  });

  test("all outputs or none, and nothing left beside them", async () => {
    mkdirSync(folder.file("both.1.bin"));
    writeFileSync(folder.file("both.0.bin"), "before");
    expectRefusal(await run("two.qbin", "a.bin", "b.bin", "-o", "both.bin"), "both.1.bin: is a folder, not a file");
    expect(readFileSync(folder.file("both.0.bin"), "utf8")).toBe("before");
    expect(readdirSync(folder.path).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  test("an existing file is replaced and keeps its permissions", async () => {
    writeFileSync(folder.file("old.bin"), "something longer than ten bytes");
    chmodSync(folder.file("old.bin"), 0o600);
    expectSuccess(await run("digits.qbin", "input.bin", "-o", "old.bin"));
    expect(statSync(folder.file("old.bin"))).toMatchObject({ size: 10 });
    expect(statSync(folder.file("old.bin")).mode & 0o777).toBe(0o600);
  });

  test("a link stays a link", async () => {
    for (const [link, target] of [
      ["link.bin", "old.bin"],
      ["dangling.bin", "new.bin"],
    ] as const) {
      symlinkSync(target, folder.file(link));
      expectSuccess(await run("digits.qbin", "input.bin", "-o", link));
      expect(lstatSync(folder.file(link)).isSymbolicLink()).toBe(true);
      expect(readFileSync(folder.file(target))).toHaveLength(10);
    }
  });

  test("a pipe is written to, not replaced", async () => {
    execFileSync("mkfifo", [folder.file("pipe.bin")]);
    const reader = spawn("cat", [folder.file("pipe.bin")]);
    const chunks: Buffer[] = [];
    reader.stdout.on("data", (chunk) => chunks.push(chunk));
    const closed = new Promise((done) => reader.once("close", done));
    expectSuccess(await run("digits.qbin", "input.bin", "-o", "pipe.bin"));
    await closed;
    expect(Buffer.concat(chunks)).toHaveLength(10);
    expect(lstatSync(folder.file("pipe.bin")).isFIFO()).toBe(true);
  });

  test("no room: what was there stays, and nothing is left beside it", async () => {
    writeFileSync(folder.file("kept.qbin"), "before");
    const limited = `ulimit -f 1; exec "${process.execPath}" "${QBIN}" convert digits.tflite -o kept.qbin`;
    expect(await ended(spawn("sh", ["-c", limited], { cwd: folder.path }))).toEqual({
      status: 1,
      stderr: "qbin: kept.qbin: the file may not become that large\n",
    });
    expect(readFileSync(folder.file("kept.qbin"), "utf8")).toBe("before");
    expect(readdirSync(folder.path).filter((name) => name.includes("tmp"))).toEqual([]);
  });
});

describe("standard output", () => {
  test("a reader that goes away is no error", async () => {
    const child = spawn(process.execPath, [QBIN, "inspect", "digits.qbin"], { cwd: folder.path, stdio: "pipe" });
    child.stdout.destroy();
    expect(await ended(child)).toEqual({ status: 0, stderr: "" });
  });

  test("a full disk is one", async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [QBIN, "inspect", "digits.qbin"], {
      cwd: folder.path,
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    expect(await ended(child)).toEqual({ status: 1, stderr: "qbin: standard output: no space left on the device\n" });
  });

  test("FORCE_COLOR does not colour what is no terminal", async () => {
    const text = expectSuccess(await qbin(["inspect", "digits.qbin"], { cwd: folder.path, env: { FORCE_COLOR: "3" } }));
    expect(text).not.toContain("\x1b");
  });
});

function ended(child: ReturnType<typeof spawn>): Promise<{ status: number | null; stderr: string }> {
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text) => (stderr += text));
  return new Promise((done) => child.once("close", (status) => done({ status, stderr })));
}
