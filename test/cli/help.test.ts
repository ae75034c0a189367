import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/project.mjs";
import { DIGITS, expectSuccess, QBIN, qbin, RUN, useFolder } from "./command.js";

const folder = useFolder();
const COMMANDS = ["convert", "quantize", "evaluate", "inspect", "run", "bench"];

/** The examples are written for the project's own folder; here they run in one that looks like it. */
beforeAll(() => {
  mkdirSync(folder.file("examples"));
  cpSync(DIGITS, folder.file("examples/digits"), { recursive: true });
});

describe("--help", () => {
  test("lists what exists and nothing else", async () => {
    const text = expectSuccess(await qbin(["--help"]));
    expect(text.match(/^ {2}(\w+) /gm)?.map((name) => name.trim())).toEqual([...COMMANDS, "help"]);
    expect(expectSuccess(await qbin([]))).toBe(text);
  });

  test.each([
    ["run.js", RUN, ["--help"]],
    ...COMMANDS.map((name): [string, string, string[]] => [`qbin ${name}`, QBIN, [name, "--help"]]),
  ])("the examples of %s run as printed", async (_, script, args) => {
    const help = expectSuccess(await qbin(args, { script }));
    const examples = [...help.matchAll(/^ {2}\$ node (\S+) (.*)$/gm)];
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const [, file, words] of examples) {
      const result = await qbin(words!.split(" "), { script: join(root, file!), cwd: folder.path });
      expect(expectSuccess(result)).not.toBe("");
    }
  });

  test("--version is the package's", async () => {
    expect(expectSuccess(await qbin(["--version"]))).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
