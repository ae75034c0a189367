import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { elementsOf } from "../../../host/core/dtype.js";
import type { ModelData } from "../../../host/core/model.js";
import { readQbin } from "../../../host/format/read.js";
import { writeQbin } from "../../../host/format/write.js";
import { importTflite } from "../../../host/import/index.js";
import { dynamicRange } from "../../../host/quantize/modes/dynamic-range.js";
import { int16Activations, type ValueRange } from "../../../host/quantize/modes/int16-activations.js";
import { runReference } from "../../../host/reference/index.js";

const MODELS = new URL("../../models/", import.meta.url);
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, MODELS)));
const graph = importTflite(read("float32_residual_block.tflite"));
const input = elementsOf("float32", read("float32_residual_block.input0.bin")) as Float32Array;
const everything = new Set(graph.nodes.map(({ name }) => name));
const floats = runReference(graph, [input]);
const ranges = new Map<string, ValueRange>(
  graph.tensors.flatMap(({ name, dtype, data }, i) => {
    const values = floats[i] as Float32Array;
    return dtype === "float32" && !data ? [[name, { min: Math.min(...values), max: Math.max(...values) }]] : [];
  }),
);

/** Largest difference of the first output from the float graph's. */
function error(quantized: ModelData): number {
  const model = readQbin(writeQbin(quantized));
  const result = runReference(model, [input])[model.outputs[0] as number] as Float32Array;
  return Math.max(
    ...result.map((x, i) => Math.abs(x - ((floats[graph.outputs[0] as number] as Float32Array)[i] as number))),
  );
}

describe("dynamic range", () => {
  test.each([true, false])("weights become int8, everything else stays float32 (per channel: %s)", (perChannel) => {
    const result = dynamicRange(graph, everything, { perChannel });
    const products = result.graph.nodes.filter(({ attributes }) => attributes["mode"] === "dynamic-range");
    expect(products.length).toBe(graph.nodes.length - result.left.length);
    expect(result.left.every(({ why }) => why.endsWith("has no weights"))).toBe(true);
    expect(error(result.graph)).toBeLessThan(perChannel ? 0.02 : 0.05);
    expect(error(result.graph)).toBeGreaterThan(0);
  });

  test("nodes that were not asked for stay as they are", () => {
    const result = dynamicRange(graph, new Set());
    expect(result).toEqual({ graph, left: [] });
  });
});

describe("int16 activations", () => {
  test("are nearer to float than dynamic ranges; what has no int16 form is reported", () => {
    const { graph: wide, left } = int16Activations(graph, everything, ranges);
    expect(left.map(({ why }) => why)).toEqual(["softmax has no int16 form"]);
    expect(wide.nodes.map(({ op }) => op)).not.toContain("mean");
    expect(wide.nodes.filter(({ op }) => op === "conv2d").every(({ numerics }) => numerics === "tflite")).toBe(true);
    expect(error(wide)).toBeLessThan(0.02);
    expect(error(wide)).toBeGreaterThan(0);
  });

  test("a tensor without a range is named", () => {
    const { left } = int16Activations(graph, everything, new Map());
    expect(left.find(({ node }) => node === graph.nodes[0]?.name)?.why).toMatch(/there is no range for ".*"/);
  });
});
