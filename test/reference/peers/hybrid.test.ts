/**
 * Random hybrid models, float32 activations with int8 weights, against the runtimes themselves: float32 results that must be
 * equal bit for bit. QBIN_RANDOM_MODELS=600 is what docs/quantization.md reports.
 */
import { afterAll, describe, expect, test } from "vitest";
import type { TypedData } from "../../../host/core/dtype.js";
import { importTflite } from "../../../host/import/index.js";
import { runReference } from "../../../host/reference/index.js";
import { Random } from "./random-models.js";
import { litert, missingPeers, type Run, tfjsTflite } from "./runtimes.js";
import { type FileModel, type OptionField, writeTflite } from "./tflite-writer.js";

const missing = missingPeers();
if (missing !== undefined) console.log(`skipped: hybrid models against LiteRT and tfjs-tflite, because ${missing}`);

const MODELS = Number(process.env["QBIN_RANDOM_MODELS"] ?? 10);

interface Kind {
  readonly op: "conv" | "depthwise" | "dense";
  readonly perChannel: boolean;
  /** Window of 1×1 alone: XNNPACK turns it into a matrix product. */
  readonly pointwise?: boolean;
  readonly peers: readonly ("litert" | "tfjs")[];
}

const KINDS: readonly Kind[] = [
  { op: "conv", perChannel: true, peers: ["litert"] },
  { op: "conv", perChannel: false, peers: ["litert"] },
  { op: "conv", perChannel: true, pointwise: true, peers: ["litert"] },
  { op: "dense", perChannel: false, peers: ["litert"] },
  { op: "depthwise", perChannel: true, peers: ["litert", "tfjs"] },
];

const count = (shape: readonly number[]) => shape.reduce((product, dimension) => product * dimension, 1);

const INT8_CODES = { conv: 3, depthwise: 4, dense: 9 } as const;
const OPTIONS = { conv: 1, depthwise: 2, dense: 8 } as const;
/** Versions of the operators that first had what is used here. */
const VERSIONS = { conv: 5, depthwise: 6, dense: 9 } as const;

function hybridModel({ op, perChannel, pointwise }: Kind, seed: number): { model: FileModel; input: Float32Array } {
  const r = new Random(seed);
  const activation = r.pick([0, 0, 1, 3]);
  const [batch, height, width, inC] = [r.integer(1, 3), r.integer(3, 8), r.integer(3, 8), r.integer(1, 12)];
  const k = pointwise ? 1 : r.integer(op === "depthwise" ? 2 : 1, 3);
  const stride = pointwise || k === 1 ? 1 : r.integer(1, 2);
  const padding = r.integer(0, 1);
  const multiplier = op === "depthwise" ? r.integer(1, 2) : 1;
  const outC = op === "depthwise" ? inC * multiplier : r.integer(1, 17);
  const out = (size: number) => Math.ceil((padding === 0 ? size : size - k + 1) / stride);
  const dense: [number, number] = [r.integer(1, 4), r.integer(1, 64)];
  const image = [batch, height, width, inC];
  const x = op === "dense" ? dense : image;
  const w = op === "dense" ? [outC, dense[1]] : op === "depthwise" ? [1, k, k, outC] : [outC, k, k, inC];
  const y = op === "dense" ? [dense[0], outC] : [batch, out(height), out(width), outC];
  const [low, high] = [r.pick([0, -1, -3]) * r.next(), r.pick([0, 1, 4]) * r.next()];
  const fields: Record<Kind["op"], OptionField[]> = {
    conv: [
      [0, "byte", padding],
      [1, "int", stride],
      [2, "int", stride],
      [3, "byte", activation],
      [4, "int", 1],
      [5, "int", 1],
    ],
    depthwise: [
      [0, "byte", padding],
      [1, "int", stride],
      [2, "int", stride],
      [3, "int", multiplier],
      [4, "byte", activation],
      [5, "int", 1],
      [6, "int", 1],
    ],
    dense: [[0, "byte", activation]],
  };
  const floats = (n: number, from: number, to: number) =>
    Float32Array.from({ length: n }, () => from + r.next() * (to - from));
  const scale = Array.from({ length: perChannel ? outC : 1 }, () => Math.fround(0.001 + r.next() * 0.02));
  const data = r.bytes(count(w)).map((byte) => (byte === 128 ? 129 : byte));
  return {
    model: {
      tensors: [
        { type: "FLOAT32", shape: x },
        { type: "INT8", shape: w, scale, axis: perChannel && op === "depthwise" ? 3 : 0, data },
        { type: "FLOAT32", shape: [outC], data: new Uint8Array(floats(outC, -1, 1).buffer) },
        { type: "FLOAT32", shape: y },
      ],
      operators: [
        {
          code: INT8_CODES[op],
          version: VERSIONS[op],
          options: [OPTIONS[op], fields[op]],
          inputs: [0, 1, 2],
          outputs: [3],
        },
      ],
      inputs: [0],
      outputs: [3],
    },
    input: floats(count(x), low, high),
  };
}

describe.skipIf(missing !== undefined)("random hybrid models", () => {
  const runs: Record<string, Promise<Run>> = {};
  const totals: Record<string, number> = {};
  afterAll(() => {
    if (MODELS > 10) console.log(`hybrid models: ${JSON.stringify(totals)} float32 outputs`);
  });

  test.each(KINDS)("$op, scales per channel: $perChannel", { timeout: 600_000 }, async (kind) => {
    for (let seed = 0; seed < MODELS; seed++) {
      const { model, input } = hybridModel(kind, seed);
      const file = writeTflite(model);
      const graph = importTflite(file);
      expect(graph.nodes[0]?.attributes["mode"]).toBe("dynamic-range");
      const ours = runReference(graph, [input])[graph.outputs[0] as number] as TypedData;
      for (const peer of kind.peers) {
        runs[peer] ??= peer === "litert" ? litert() : tfjsTflite();
        const [theirs] = await (await runs[peer])(file, [new Uint8Array(input.buffer)]);
        const values = new Float32Array((theirs as Uint8Array).slice().buffer);
        const differing = values.filter((value, i) => value !== ours[i]).length;
        expect(differing, `${peer}, seed ${seed}, of ${values.length}`).toBe(0);
        totals[kind.op] = (totals[kind.op] ?? 0) + values.length;
      }
    }
  });
});
