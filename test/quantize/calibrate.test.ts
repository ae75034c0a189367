import { expect, test } from "vitest";
import { calibrate, calibrationFromJson, calibrationToJson, type Progress } from "../../host/quantize/index.js";
import { images, residual } from "./models.js";

const graph = residual();
const json = async (...args: Parameters<typeof calibrate>) =>
  JSON.stringify(calibrationToJson(await calibrate(...args)));

test("sees every float tensor that depends on the input, over all samples", async () => {
  const { samples, tensors } = await calibrate(graph, images(12));
  expect(samples).toBe(12);
  expect([...tensors.keys()]).toEqual(["image", "first/out", "second/out", "sum/out", "pool/out", "scores/out"]);
  const { min, max, histogram } = tensors.get("image")!;
  const all = images(12).flatMap(({ inputs }) => [...(inputs as Float32Array)]);
  expect([min, max]).toEqual([Math.min(...all), Math.max(...all)]);
  expect(histogram.counts.reduce((a, b) => a + b, histogram.zeros)).toBe(all.length);
});

test("goes on where it stopped: the state through JSON, then the rest, is as if in one piece", async () => {
  const state = calibrationFromJson(JSON.parse(await json(graph, images(20).slice(0, 11))));
  expect(await json(graph, images(20), { resume: state })).toBe(await json(graph, images(20)));
});

test("takes an async iterable, and says how far it is", async () => {
  const seen: Progress[] = [];
  async function* stream() {
    yield* images(10);
  }
  const found = await json(graph, stream(), { total: 10, onProgress: (progress) => seen.push(progress) });
  expect(found).toBe(await json(graph, images(10)));
  expect(seen.map(({ done, total }) => `${done}/${total}`)).toEqual(
    Array.from({ length: 10 }, (_, i) => `${i + 1}/10`),
  );
  expect(seen.at(-1)?.millisecondsLeft).toBe(0);
});

test.each([
  ["too few", () => images(9), /^calibration had 9 samples, at least 10 are needed/],
  ["none", () => [], /^calibration had 0 samples/],
  [
    "of another shape",
    () => [...images(2), { inputs: new Float32Array(5), name: "cat.png" }],
    /^sample 3 "cat.png": input "image" takes 108 values, shape \[1,6,6,3\]; it was given 5/,
  ],
  [
    "not finite",
    () => [...images(1), { inputs: new Float32Array(108).fill(Number.NaN) }],
    /^sample 2: tensor "image" has the value NaN; every value must be finite/,
  ],
  [
    "too large for float32 in the middle of the model",
    () => [{ inputs: new Float32Array(108).fill(3e38) }],
    /^sample 1: tensor "first\/out" has the value Infinity/,
  ],
])("samples that are %s are refused", async (_, samples, message) => {
  await expect(calibrate(graph, samples())).rejects.toThrow(message);
});

test("a state of another model is refused", async () => {
  const resume = { ...(await calibrate(graph, images(10))), model: "00" };
  await expect(calibrate(graph, images(20), { resume })).rejects.toThrow(/is of another model/);
});

test.each([
  [null, /the file is no object/],
  [{ format: "qbin calibration 2" }, /its format is "qbin calibration 2"/],
  [{ format: "qbin calibration 1", model: "ab", samples: -1, tensors: {} }, /samples: -1 is no count/],
  [{ format: "qbin calibration 1", model: "ab", samples: 1, tensors: { x: {} } }, /tensor "x" has no number "width"/],
  [
    {
      format: "qbin calibration 1",
      model: "ab",
      samples: 1,
      tensors: { x: { width: 1, zeros: 0, first: 4000, counts: new Array(97).fill(1) } },
    },
    /tensor "x" has other bins/,
  ],
])("a file that is no calibration is refused: %j", (value, message) => {
  expect(() => calibrationFromJson(value)).toThrow(message);
});
