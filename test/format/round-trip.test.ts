import { expect, test } from "vitest";
import { readQbin, verifyDigest } from "../../host/format/read.js";
import { writeQbin } from "../../host/format/write.js";
import { tinyModel } from "./models.js";

test("a model reads back equal and writes back byte for byte", async () => {
  const model = tinyModel();
  const file = writeQbin(model);
  await verifyDigest(file);
  const read = readQbin(file);
  expect(read).toEqual(model);
  expect(writeQbin(read)).toEqual(file);
});

test("constants are views of the file", () => {
  const file = writeQbin(tinyModel());
  for (const { data } of readQbin(file).tensors) if (data) expect(data.buffer).toBe(file.buffer);
});
