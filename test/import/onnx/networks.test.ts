import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ModelData } from "../../../host/core/model.js";
import { writeQbin } from "../../../host/format/write.js";
import { importOnnx } from "../../../host/import/index.js";
import { load } from "../../../host/index.js";
import { prepare } from "../../../host/passes/index.js";
import { runReference } from "../../../host/reference/index.js";

interface Network {
  readonly name: string;
  readonly dims: Readonly<Record<string, number>>;
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

const FOLDER = join(import.meta.dirname, "../../models/onnx");
const { networks }: { networks: Network[] } = JSON.parse(readFileSync(join(FOLDER, "networks.json"), "utf8"));
const bytes = (file: string) => new Uint8Array(readFileSync(join(FOLDER, file)));
const floats = (file: string) => new Float32Array(bytes(file).buffer);

describe.each(networks)("$name, exported by PyTorch", ({ name, dims, outputs }) => {
  const read = (options = {}) => importOnnx(bytes(`${name}.onnx`), { name: `${name}.onnx`, dims, ...options });

  test("gives ONNX Runtime's outputs", async () => {
    const data = read();
    const model = await load(writeQbin(data));
    expect(model.inputs.map((input) => input.name)).toEqual(["x"]);
    expect(model.outputs.map((output) => [output.name, [...output.shape]])).toEqual(
      outputs.map((output) => [output.name, output.shape]),
    );
    const x = floats(`${name}.input0.bin`);
    const results = model.predict({ x });
    const reference = runReference(data, [x]);
    outputs.forEach((output, i) => {
      const expected = floats(`${name}.output${i}.bin`);
      expectClose(results[output.name]!, expected);
      expectClose(reference[data.outputs[i]!] as Float32Array, expected);
    });
    model.dispose();
  });

  test("prepared, gives the same with fewer nodes, and data moves at the model's end alone", async () => {
    const data = prepare(read());
    expect(data.nodes.length).toBeLessThan(read().nodes.length);
    expect(data.nodes.some(({ op, name }) => op === "mul" && /bn|BatchNorm/i.test(name))).toBe(false);
    expect(transposes(data)).toHaveLength(moves[name] ?? 1);
    const model = await load(writeQbin(data));
    const results = model.predict({ x: floats(`${name}.input0.bin`) });
    outputs.forEach((output, i) => {
      expectClose(results[output.name]!, floats(`${name}.output${i}.bin`));
    });
    model.dispose();
  });

  test("with layout nhwc, takes the picture as it is in memory", async () => {
    const data = prepare(read({ layout: "nhwc" }));
    const { shape } = data.tensors[data.inputs[0]!]!;
    const x = floats(`${name}.input0.bin`);
    if (shape.length === 4) expect(transposes(data)).toHaveLength((moves[name] ?? 1) - 1);
    const model = await load(writeQbin(data));
    const results = model.predict({ x: shape.length === 4 ? channelsLast(x, shape) : x });
    expectClose(results[outputs[0]!.name]!, floats(`${name}.output0.bin`));
    model.dispose();
  });
});

/** Transposes that remain: the picture's at the entrance, and the one a channel shuffle is. */
const moves: Readonly<Record<string, number>> = {
  mlp: 0,
  audio: 0,
  audio_new_exporter: 0,
  depthwise: 2,
  depthwise_old_opset: 2,
  depthwise_batch_3: 2,
};

/** Values in the order of `shape`, [N,H,W,C], from the order [N,C,H,W]. */
function channelsLast(values: Float32Array, [n, h, w, c]: readonly number[]): Float32Array {
  const pixels = (h as number) * (w as number);
  const size = pixels * (c as number);
  return values
    .map((_, i) => {
      const [batch, pixel, channel] = [Math.floor(i / size), Math.floor((i % size) / (c as number)), i % (c as number)];
      return values[batch * size + channel * pixels + pixel] as number;
    })
    .subarray(0, (n as number) * size);
}

function transposes({ nodes }: ModelData): string[] {
  return nodes.filter(({ op }) => op === "transpose").map((node) => node.name);
}

/** Sums are taken in another order: errors of a few float32 roundings of the largest term. */
function expectClose(actual: ArrayLike<number>, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const worst = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - (actual[i] as number))), 0);
  expect(worst).toBeLessThan(2e-6 * largest);
}
