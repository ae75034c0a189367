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

/** The input as the model has it: words are int64, everything else is float32. */
function inputOf(name: string): Float32Array | BigInt64Array {
  const { buffer } = bytes(`${name}.input0.bin`);
  return name.startsWith("attention") ? new BigInt64Array(buffer) : new Float32Array(buffer);
}

/** Outputs of one run of the model as a file, by name. */
async function run(data: ModelData, x: Float32Array | BigInt64Array): Promise<Map<string, Float32Array>> {
  const model = await load(writeQbin(data));
  (model.input("x").data as Float32Array).set(x as Float32Array);
  model.run();
  const results = new Map(model.outputs.map(({ name }) => [name, (model.output(name).data as Float32Array).slice()]));
  model.dispose();
  return results;
}

describe.each(networks)("$name, exported by PyTorch", ({ name, dims, outputs }) => {
  const read = (options = {}) => importOnnx(bytes(`${name}.onnx`), { name: `${name}.onnx`, dims, ...options });

  const expected = outputs.map((_, i) => floats(`${name}.output${i}.bin`));

  test("gives ONNX Runtime's outputs", async () => {
    const data = read();
    expect(data.inputs.map((index) => data.tensors[index]!.name)).toEqual(["x"]);
    expect(data.outputs.map((index) => data.tensors[index]!)).toMatchObject(outputs);
    const x = inputOf(name);
    const results = await run(data, x);
    const reference = runReference(data, [x]);
    outputs.forEach((output, i) => {
      expectClose(results.get(output.name)!, expected[i]!);
      expectClose(reference[data.outputs[i]!] as Float32Array, expected[i]!);
    });
  });

  test("prepared, gives the same with fewer nodes, and data moves where the model itself moves it", async () => {
    const data = prepare(read());
    expect(data.nodes.length).toBeLessThan(read().nodes.length);
    expect(data.nodes.some(({ op, name }) => op === "mul" && /bn|BatchNorm/i.test(name))).toBe(false);
    expect(transposes(data)).toHaveLength(moves[name] ?? 1);
    const results = await run(data, inputOf(name));
    outputs.forEach((output, i) => {
      expectClose(results.get(output.name)!, expected[i]!);
    });
  });

  test("with layout nhwc, takes the picture as it is in memory", async () => {
    const data = prepare(read({ layout: "nhwc" }));
    const { shape } = data.tensors[data.inputs[0]!]!;
    const x = inputOf(name);
    const isPicture = shape.length === 4;
    const results = await run(data, isPicture ? channelsLast(x as Float32Array, shape) : x);
    outputs.forEach((output, i) => {
      const wanted = expected[i]!;
      const own = data.tensors[data.outputs[i]!]!.shape;
      expectClose(results.get(output.name)!, own.length === 4 ? channelsLast(wanted, own) : wanted);
    });
    if (isPicture) expect(transposes(data).length).toBeLessThan(transposes(prepare(read())).length);
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
  attention: 5,
  attention_new_exporter: 5,
  decoder: 2,
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
