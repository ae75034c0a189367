import fc from "fast-check";
import { expect, test } from "vitest";
import type { ModelData } from "../../host/core/model.js";
import { readQbin, verifyDigest } from "../../host/format/read.js";
import { writeQbin } from "../../host/format/write.js";
import { OPS } from "../../host/ops/index.js";
import { arbitraryModel } from "./arbitrary-model.js";
import { tinyModel } from "./models.js";

/** `undefined` in lists and typed array kinds do not matter; values, order and presence do. */
function expectRoundTrip(model: ModelData): void {
  const file = writeQbin(model);
  const read = readQbin(file);
  expect(read).toEqual(model);
  expect(Buffer.compare(writeQbin(read), file)).toBe(0);
}

test("a written file reads back equal, writes back byte for byte, and carries its digest", async () => {
  expectRoundTrip(tinyModel());
  await verifyDigest(writeQbin(tinyModel()));
});

test("any valid model reads back equal and writes back byte for byte", { timeout: 60_000 }, () => {
  const seen = new Set<string>();
  const property = fc.property(arbitraryModel, (model) => {
    for (const { op } of model.nodes) seen.add(op);
    expectRoundTrip(model);
  });
  fc.assert(property, { numRuns: 1000, seed: 1 });
  expect([...seen].sort()).toEqual(Object.keys(OPS).sort());
});

test("constants are views of the file", () => {
  const file = writeQbin(tinyModel());
  for (const { data } of readQbin(file).tensors) if (data) expect(data.buffer).toBe(file.buffer);
});

test("a file at an odd address of a larger buffer reads the same", () => {
  const file = writeQbin(tinyModel());
  const shifted = new Uint8Array(file.length + 3).subarray(3);
  shifted.set(file);
  expect(readQbin(shifted)).toEqual(readQbin(file));
});

test("attributes are stored in declared order, whatever order they come in", () => {
  const model = tinyModel();
  const reversed = model.nodes.map((node) => ({
    ...node,
    attributes: Object.fromEntries(Object.entries(node.attributes).reverse()),
  }));
  expect(writeQbin({ ...model, nodes: reversed })).toEqual(writeQbin(model));
});

test("the writer refuses what the reader would", () => {
  const model = tinyModel();
  const writing = (change: Partial<ModelData>) => () => writeQbin({ ...model, ...change });
  expect(writing({ name: "two\nlines" })).toThrow("[R11]");
  expect(writing({ description: "\ud800" })).toThrow("[R11]");
  expect(writing({ outputs: [] })).toThrow("[R26]");
  const extra = { ...model.nodes[1]!, attributes: { beta: 1, unsigned: false, gamma: 2 } };
  expect(writing({ nodes: [model.nodes[0]!, extra] })).toThrow('key 2 is "gamma"; must be absent [R10]');
});
