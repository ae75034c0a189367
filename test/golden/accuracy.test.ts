import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { writeQbin } from "../../host/format/write.js";
import { importTflite } from "../../host/import/index.js";
import { load } from "../../host/index.js";
import { evaluate, type ModeName, type QuantizeOptions, quantize, type Sample } from "../../host/quantize/index.js";

/** Whole data sets, on the module this machine would choose, beside what LiteRT computes on them. */
const shared = fileURLToPath(new URL("../../../shared", import.meta.url));
const isThere = existsSync(join(shared, "data"));
if (!isThere && process.env["CI"]) throw new Error("../shared is missing; CI skips nothing");

const open = async (name: string) =>
  load(writeQbin(importTflite(readFileSync(join(shared, `models/${name}.tflite`)), { name })));

function argMax(values: ArrayLike<number | bigint>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

describe.skipIf(!isThere)("accuracy (skipped where there is no ../shared)", () => {
  test("tf2_mobilenet_v2_1.0_224_ptq: 92 of 100 on imagenet-100, every output byte LiteRT's", async () => {
    const model = await open("tf2_mobilenet_v2_1.0_224_ptq");
    const litert: { prediction: number; sha256: string }[] = JSON.parse(
      readFileSync(new URL("imagenet-100.litert.json", import.meta.url), "utf8"),
    );
    const data = readFileSync(join(shared, "data/imagenet-100.bin"));
    const size = 2 + 224 * 224 * 3;
    let correct = 0;
    for (let at = 0; at < data.length; at += size) {
      model.input().data.set(data.subarray(at + 2, at + size) as never);
      model.run();
      const output = model.output().data;
      const sha256 = createHash("sha256").update(output).digest("hex");
      expect({ prediction: argMax(output), sha256 }).toEqual(litert[at / size]);
      // The model's class 0 is "background".
      if (argMax(output) - 1 === data.readUInt16LE(at)) correct++;
    }
    expect(correct).toBe(92);
  });

  test("resnet8_int8: 75.88 % of 5,000 on cifar10-test", async () => {
    const model = await open("resnet8_int8");
    const data = readFileSync(join(shared, "data/cifar10-test.bin"));
    const size = 1 + 32 * 32 * 3;
    const input = model.input().data;
    let correct = 0;
    for (let at = 0; at < data.length; at += size) {
      for (let i = 0; i < input.length; i++) input[i] = data[at + 1 + i]! - 128;
      model.run();
      if (argMax(model.output().data) === data[at]) correct++;
    }
    expect(correct).toBe(3794);
  });

  describe("our own quantizer on resnet8_fp32, which is right about 76.44 % of cifar10-test", () => {
    const size = 1 + 32 * 32 * 3;
    function* samples(name: string): Generator<Sample> {
      const data = readFileSync(join(shared, `data/${name}.bin`));
      for (let at = 0; at < data.length; at += size) {
        yield { inputs: new Uint8Array(data.subarray(at + 1, at + size)), label: data[at]! };
      }
    }

    const readFloat = () => {
      return importTflite(readFileSync(join(shared, "models/resnet8_fp32.tflite")), { name: "resnet8_fp32" });
    };

    test.each<[QuantizeOptions & { readonly mode: ModeName }, number]>([
      [{ mode: "dynamic-range" }, 0.763],
      [{ mode: "weight-only" }, 0.763],
      [{ mode: "weight-only", weightBits: 4 }, 0.75],
      [{ mode: "codebook" }, 0.75],
      [{ mode: "float16" }, 0.764],
    ])("%j, without samples: at least %d", async (options, least) => {
      const { graph, report } = await quantize(readFloat(), options);
      const layers = report.nodes.filter(({ op }) => ["conv2d", "fully_connected"].includes(op));
      expect(layers.map(({ mode }) => mode)).toEqual(Array(10).fill(options.mode));
      const { top1 } = await evaluate(await load(writeQbin(graph)), samples("cifar10-test"));
      expect(top1).toBeGreaterThanOrEqual(least);
    });

    test.each([
      ["static-int8", 0.762],
      ["power-of-two", 0.75],
    ] as const)("%s: at least %d, calibrated on cifar10-calibration", async (mode, least) => {
      const { graph, report } = await quantize(readFloat(), { mode, samples: samples("cifar10-calibration") });
      expect(report.nodes.filter((node) => node.mode !== mode)).toEqual([]);
      const { top1 } = await evaluate(await load(writeQbin(graph)), samples("cifar10-test"));
      expect(top1).toBeGreaterThanOrEqual(least);
    });
  });
});
