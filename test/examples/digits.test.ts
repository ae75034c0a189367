import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { load, type Model } from "../../host/index.js";
import { root } from "../../scripts/project.mjs";

const FOLDER = join(root, "examples/digits");
const PIXELS = 64;
const read = (name: string) => new Uint8Array(readFileSync(join(FOLDER, name)));
const json = (name: string) => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));

test("digits.qbin is what npm run build:example writes", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const before = read("digits.qbin");
  const command: string = scripts["build:example"].replace("examples/digits/digits.qbin", "build/digits.qbin");
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  execFileSync(process.execPath, words.slice(1), { cwd: root });
  expect(readFileSync(join(root, "build/digits.qbin")).equals(before)).toBe(true);
});

describe.each(["scalar", "simd"] as const)("module %s", (module) => {
  const { outputs } = json("expected.json") as { outputs: string[] };
  const images = read("test.bin");
  let model: Model;
  beforeAll(async () => {
    model = await load(read("digits.qbin"), { module });
  });

  test("every test image gives TensorFlow Lite's bytes, and the accuracy that is stated", () => {
    const data = model.output().data as Int8Array;
    let correct = 0;
    const received = outputs.map((_, i) => {
      const image = images.subarray(i * (PIXELS + 1), (i + 1) * (PIXELS + 1));
      model.predict(image.subarray(1));
      if (data.indexOf(Math.max(...data)) === image[0]) correct++;
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
    });
    expect(received).toEqual(outputs);
    expect(correct).toBe(json("accuracy.json").correct.int8);
  });
});

test("npm start's example prints the picture, the classes and the facts", () => {
  const text = execFileSync(process.execPath, [join(FOLDER, "run.mjs")], { encoding: "utf8" });
  expect(text).toMatch(/█/);
  expect(text).toMatch(/^ {4}9 +\d+\.\d % +━/m);
  expect(text).toMatch(/time +\d+\.\d µs per inference/);
  expect(text).toContain("right   359 of 360 test images (99.72 %); in float32 99.72 %");
});
