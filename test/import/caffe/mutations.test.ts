import fc from "fast-check";
import { expect, test } from "vitest";
import { mutant, mutateAll } from "../mutate.js";
import { attempt, type Outcome } from "./attempt.js";
import { pair } from "./models.js";

const SEED = 20261121;
/** Mutants of all .prototxt, and of all .caffemodel; QBIN_MUTANTS=20000 takes a minute and a half. */
const RUNS = Number(process.env["QBIN_MUTANTS"] ?? 2_000);
const FILES = ["plain", "old", "residual", "segment", "ristretto_mixed"];

/** Edits of text that leave it text: lines go, come twice or change places, a value becomes another one. */
const place = fc.noBias(fc.nat(2 ** 31 - 1)).map((x) => x / 2 ** 31);
const lines = fc.array(
  fc.record({
    kind: fc.constantFrom("remove", "double", "swap", "value", "take"),
    at: place,
    other: place,
    value: fc.constantFrom("0", "-1", "1", "2", "7", "1e9", "99999999999", "0.5", "nan", '""', "MAX", "{}", "[3, 1]"),
  }),
  { minLength: 1, maxLength: 3 },
);
type Edits = typeof lines extends fc.Arbitrary<infer T> ? T : never;

function editText(bytes: Uint8Array, edits: Edits): Uint8Array {
  const text = new TextDecoder().decode(bytes).split("\n");
  for (const { kind, at, other, value } of edits) {
    const [i, j] = [at, other].map((x) => Math.floor(x * text.length)) as [number, number];
    const [line, second] = [text[i] ?? "", text[j] ?? ""];
    if (kind === "remove") text.splice(i, 1);
    else if (kind === "double") text.splice(j, 0, line);
    else if (kind === "swap") [text[i], text[j]] = [second, line];
    else text[i] = line.replace(/: .*/, `: ${kind === "value" ? value : second.replace(/.*: /, "")}`);
  }
  return new TextEncoder().encode(text.join("\n"));
}

test.each(
  FILES.flatMap((name) => [
    [name, "prototxt"],
    [name, "caffemodel"],
  ]),
)("mutants of %s.%s: each is refused in one line or becomes a graph that verifies", (name, kind) => {
  const [prototxt, caffemodel] = pair(name);
  const outcomes: Record<Outcome, number> = { malformed: 0, unsupported: 0, imported: 0 };
  const before = process.memoryUsage().rss;
  let slowest = 0;
  const isText = kind === "prototxt";
  const files = isText
    ? fc.oneof(
        mutant.map((mutations) => mutateAll(prototxt, mutations)),
        lines.map((edits) => editText(prototxt, edits)),
      )
    : mutant.map((mutations) => mutateAll(caffemodel, mutations));
  fc.assert(
    fc.property(files, (file) => {
      const start = performance.now();
      outcomes[isText ? attempt(file, caffemodel) : attempt(prototxt, file)]++;
      slowest = Math.max(slowest, performance.now() - start);
    }),
    { numRuns: RUNS / FILES.length, seed: SEED },
  );
  // Mutants must reach deep: some are refused for what they say, some are still models. Weights say little.
  const { malformed, unsupported, imported } = outcomes;
  const least = isText ? Math.min(malformed, unsupported, imported) : Math.min(malformed, imported);
  expect(least).toBeGreaterThan(RUNS / 200);
  expect(slowest, "milliseconds of the slowest import").toBeLessThan(2000);
  expect(process.memoryUsage().rss - before, "bytes of memory gained").toBeLessThan(400e6);
});
