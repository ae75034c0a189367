import fc from "fast-check";
import { expect, test } from "vitest";
import { QbinFormatError } from "../../host/core/errors.js";
import { readQbin, verifyDigest } from "../../host/format/read.js";
import { writeQbin } from "../../host/format/write.js";
import { arbitraryModel } from "./arbitrary-model.js";
import { mutate } from "./mutate.js";
import { close, reseal } from "./surgery.js";

const MUTATIONS = 24_000;

/** Milliseconds in which any file must be read or refused, even on a slow and busy machine. */
const LONGEST = 10_000;

const files = fc.sample(arbitraryModel, { numRuns: 80, seed: 7 }).map(writeQbin);

test(`each of ${MUTATIONS} mutated files is refused with one line and a rule, or is a valid file`, {
  timeout: 120_000,
}, () => {
  const rules = new Set<string>();
  let survivors = 0;
  const property = fc.property(fc.nat(files.length - 1), fc.nat(2 ** 31 - 1), (i, seed) => {
    const { bytes } = mutate(files[i] as Uint8Array, seed);
    const start = performance.now();
    try {
      const model = readQbin(bytes);
      survivors++;
      expect(Buffer.compare(writeQbin(model), reseal(bytes)), "a file that is read is canonical").toBe(0);
    } catch (error) {
      if (!(error instanceof QbinFormatError)) throw error;
      expect(error.message).toMatch(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,400} \[R\d+\]$/u);
      rules.add(error.rule as string);
    }
    expect(performance.now() - start).toBeLessThan(LONGEST);
  });
  fc.assert(property, { numRuns: MUTATIONS, seed: 11 });
  // Mutations must reach all the way: some survive, and nearly every rule gets to refuse one.
  expect(survivors).toBeGreaterThan(MUTATIONS / 50);
  expect(rules.size).toBeGreaterThan(35);
});

test("every flipped bit of a file is noticed", async () => {
  const file = files.reduce((a, b) => (a.length < b.length ? a : b));
  for (let bit = 0; bit < file.length * 8; bit++) {
    const damaged = file.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const opening = async () => {
      readQbin(damaged);
      await verifyDigest(damaged);
    };
    await expect(opening(), `bit ${bit}`).rejects.toThrow(QbinFormatError);
  }
});

test("a header as large as allowed is refused in bounded time, whatever is in it", { timeout: 120_000 }, () => {
  const fillers = ["[", "[],", '{"a":', '"",', "\u0000"];
  for (const filler of fillers) {
    const start = performance.now();
    const text = `[${filler.repeat(Math.floor((2 ** 24 - 100) / filler.length))}`;
    expect(() => readQbin(close(text, new Uint8Array(0))), filler).toThrow(QbinFormatError);
    expect(performance.now() - start).toBeLessThan(LONGEST);
  }
});
