import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { QbinFormatError } from "../../host/core/errors.js";
import { readQbin, verifyDigest } from "../../host/format/read.js";
import { makeDump } from "./make.js";
import { MALFORMED } from "./malformed.js";

const FOLDER = new URL("malformed/", import.meta.url);
const ruleOf = (name: string) => name.split("-")[0] as string;
const numberOf = (rule: string) => Number(rule.slice(1));

/** Reads and checks a file completely, as `load` does. */
async function refusal(bytes: Uint8Array): Promise<unknown> {
  try {
    readQbin(bytes);
    await verifyDigest(bytes);
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each(MALFORMED)("$name", async ({ name, message, make }) => {
  const bytes = new Uint8Array(readFileSync(new URL(`${name}.qbin`, FOLDER)));
  expect(Buffer.compare(bytes, make()), "the file is not what make.mjs makes").toBe(0);
  const error = await refusal(bytes);
  expect(error).toBeInstanceOf(QbinFormatError);
  expect((error as QbinFormatError).message).toBe(message);
  expect((error as QbinFormatError).rule).toBe(ruleOf(name));
});

test("every file in malformed/ has its entry", () => {
  expect(readdirSync(FOLDER).sort()).toEqual(MALFORMED.map(({ name }) => `${name}.qbin`).sort());
});

test("the rules of docs/qbin.md are those with a malformed file, numbered without gaps", () => {
  const page = readFileSync(new URL("../../docs/qbin.md", import.meta.url), "utf8");
  const documented = [...page.matchAll(/^- \*\*(R\d+)\*\*/gm)].map((match) => match[1] as string);
  const broken = [...new Set(MALFORMED.map(({ name }) => ruleOf(name)))];
  expect(documented).toEqual(broken.sort((a, b) => numberOf(a) - numberOf(b)));
  expect(documented.map(numberOf)).toEqual(documented.map((_, i) => i + 1));
});

test("messages are one line and not longer than 400 characters and the rule", () => {
  for (const { message } of MALFORMED) {
    expect(message).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]+ \[R\d+\]$/u);
    expect(message.length).toBeLessThan(410);
  }
});

test("the hex dump in docs/qbin.md is that of the model beside this test", () => {
  const page = readFileSync(new URL("../../docs/qbin.md", import.meta.url), "utf8");
  expect(page).toContain(`<!-- dump -->\n\`\`\`\n${makeDump()}\n\`\`\`\n`);
});
