import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { OPS } from "../../host/ops/index.js";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");

/** Equations end their line with their number. */
const defined = [...read("docs/quantization.md").matchAll(/ \((\d+)\)$/gm)].map(([, number]) => Number(number));

/** Numbers in parentheses in comments. */
function cited(path: string): number[] {
  const comments = read(path).match(/^\s*(\/\*)?\*.*$|\/\/.*$/gm) ?? [];
  return comments.flatMap((comment) => [...comment.matchAll(/\((\d+)\)/g)].map(([, number]) => Number(number)));
}

describe("equations of docs/quantization.md", () => {
  test("are numbered, each once", () => {
    expect(defined.length).toBeGreaterThan(50);
    expect(new Set(defined).size).toBe(defined.length);
  });

  test.each(Object.keys(OPS))("%s cites those it computes", (op) => {
    const numbers = cited(`host/ops/${op}/reference.ts`);
    expect(numbers).not.toEqual([]);
    for (const number of numbers) expect(defined).toContain(number);
  });

  test("cited in core are there", () => {
    const numbers = readdirSync(new URL("host/core/", ROOT)).flatMap((file) => cited(`host/core/${file}`));
    expect(numbers.length).toBeGreaterThan(30);
    for (const number of numbers) expect(defined).toContain(number);
  });
});
