import { describe, expect, test } from "vitest";
import { readQbin } from "../../host/format/read.js";
import { load, type Model, UsageError } from "../../host/index.js";
import { runReference } from "../../host/reference/index.js";
import { VARIANTS } from "../../host/wasm/variants.js";
import { bytesOf, operatorData, operatorModel } from "./models.js";

const digits = bytesOf("examples/digits/digits.qbin");
const picture = new Int8Array(bytesOf("examples/digits/input.bin").buffer);

function show(model: Model, image: Int8Array): number[] {
  model.input().data.set(image as never);
  model.run();
  return [...(model.output().data as Int8Array)];
}

describe("run", () => {
  test("twice gives the same, and leaves inputs as they are", async () => {
    for (const module of ["scalar", "simd"] as const) {
      const model = await load(digits, { module });
      const first = show(model, picture);
      model.run();
      expect([...model.output().data]).toEqual(first);
      expect([...model.input().data]).toEqual([...picture]);
    }
  });

  test("both modules, keeping tensors or not, give the reference's bytes", async () => {
    const data = readQbin(digits);
    const expected = runReference(data, [picture])[data.outputs[0]!];
    for (const module of ["scalar", "simd"] as const) {
      for (const keepAll of [false, true]) {
        expect(show(await load(digits, { module, keepAll }), picture)).toEqual([...(expected as Int8Array)]);
      }
    }
  });

  test("two models at once do not see each other", async () => {
    const [a, b] = [await load(digits), await load(digits)];
    const c = await load(operatorModel("add"));
    const alone = show(a, picture);
    show(b, new Int8Array(64));
    c.run();
    expect([...a.output().data]).toEqual(alone);
    expect([...a.input().data]).toEqual([...picture]);
    b.dispose();
    a.run();
    expect([...a.output().data]).toEqual(alone);
  });
});

describe("inputs and outputs", () => {
  test("are described", async () => {
    const model = await load(digits);
    expect(model.name).toBe("digits");
    expect(model.description).toBe("A handwritten digit in a grey picture of 8x8 pixels");
    expect(model.labels).toEqual([..."0123456789"]);
    expect(model.inputs).toMatchObject([{ dtype: "int8", shape: [1, 8, 8, 1], byteLength: 64 }]);
    expect(model.inputs[0]!.preprocessing).toEqual({
      mean: [0],
      scale: [0.0625],
      channelOrder: "gray",
      layout: "nhwc",
    });
    expect(model.outputs).toMatchObject([{ dtype: "int8", shape: [1, 10], byteLength: 10 }]);
    expect(model.outputs[0]!.quantization?.zeroPoint).toBe(-128);
  });

  test("by name, by position, the first one by itself; always the same view", async () => {
    const model = await load(operatorModel("two_inputs_two_outputs"));
    expect(model.input()).toBe(model.input("x"));
    expect(model.input(1)).toBe(model.input("y"));
    expect(model.output(1)).toBe(model.output("Identity_1"));
    expect(model.input("y").shape).toEqual([8]);
    expect(model.input("y").data).toHaveLength(8);
    expect(model.input(0).data.buffer).toBe(model.output(0).data.buffer);
  });

  test.each([["z"], [2], [-1], [0.5], ["__proto__"]])("there is no input %j", async (which) => {
    const model = await load(operatorModel("two_inputs_two_outputs"));
    expect(() => model.input(which)).toThrow(UsageError);
    expect(() => model.input(which)).toThrow(`there is no input ${JSON.stringify(which)}; the model has "x", "y"`);
    expect(() => model.output(which)).toThrow('the model has "Identity", "Identity_1"');
  });

  test("views outlast runs: written once, read after each", async () => {
    const model = await load(operatorModel("add"));
    const [x, y, sum] = [model.input("x").data, model.input("y").data, model.output().data];
    x.set(new Int8Array(operatorData("add", "input0").buffer) as never);
    y.set(new Int8Array(operatorData("add", "input1").buffer) as never);
    for (let i = 0; i < 3; i++) {
      model.run();
      expect(Buffer.compare(new Uint8Array(sum.slice().buffer), operatorData("add", "output0"))).toBe(0);
    }
  });

  test("tensor: with keepAll, all that the reference computes", async () => {
    const model = await load(digits, { keepAll: true });
    show(model, picture);
    const data = readQbin(digits);
    const expected = runReference(data, [picture]);
    for (const node of data.nodes) {
      for (const index of node.outputs) {
        expect([...model.tensor(data.tensors[index]!.name).data]).toEqual([...expected[index]!]);
      }
    }
  });
});

describe("info", () => {
  test("says what runs and what it costs", async () => {
    const { info } = await load(digits);
    const kernels = info.nodes.flatMap((node) => node.kernels);
    expect(info.nodes.map(({ op }) => op)).toEqual(readQbin(digits).nodes.map(({ op }) => op));
    expect(kernels.filter((kernel) => !VARIANTS.some((variant) => variant.kernel === kernel))).toEqual([]);
    expect(kernels).toHaveLength(info.steps);
    expect(info.macs).toBe(449_984);
    expect(info.nodes.reduce((sum, { macs }) => sum + macs, 0)).toBe(info.macs);
    expect(info).toMatchObject({ numerics: "xnnpack", threads: 1, keepAll: false });
    expect(info.wasmBytes).toBeGreaterThan(10_000);
    const { weights, arena, arenaLowerBound, total } = info.memory;
    expect(arena).toBeGreaterThanOrEqual(arenaLowerBound);
    expect(total).toBeGreaterThanOrEqual(weights + arena);
    expect(total % 65536).toBe(0);
    expect(info.buffers.every(({ offset, bytes }) => offset >= 0 && offset + bytes <= arena)).toBe(true);
    expect(JSON.parse(JSON.stringify(info))).toEqual(info);
  });

  test("profile: a row for each step, and the model as a run leaves it", async () => {
    for (const name of ["digits", "residual_block", "float32_residual_block", "softmax"]) {
      const model = await load(name === "digits" ? digits : operatorModel(name));
      const { data } = model.input();
      for (let i = 0; i < data.length; i++) data[i] = Math.round(100 * Math.sin(i)) as never;
      model.run();
      const after = [...model.output().data];
      const rows = model.profile(20);
      expect(rows.map(({ kernel }) => kernel)).toEqual(model.info.nodes.flatMap(({ kernels }) => kernels));
      for (const { microseconds, macs, gmacs } of rows) {
        expect(microseconds).toBeGreaterThan(0);
        expect(gmacs).toBeCloseTo(macs / microseconds / 1000, 6);
      }
      expect([...model.output().data], name).toEqual(after);
    }
  });
});

test("after dispose every call says so; what the model was stays known", async () => {
  const model = await load(digits);
  const { info } = model;
  model.dispose();
  model.dispose();
  const calls = [
    () => model.run(),
    () => model.input(),
    () => model.output(),
    () => model.predict(new Float32Array(64)),
    () => model.profile(),
    () => model.tensor("x"),
  ];
  for (const call of calls) {
    expect(call).toThrow(UsageError);
    expect(call).toThrow('model "digits" was disposed; load it again');
  }
  expect(model.info).toEqual(info);
  expect(model.inputs).toHaveLength(1);
});
