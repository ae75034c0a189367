import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import * as qbin from "../../host/index.js";
import { bytesOf, DIGITS, operatorModel } from "./models.js";

const { load } = qbin;
const digits = bytesOf("examples/digits/digits.qbin");
const picture = bytesOf("examples/digits/input.bin");
const url = pathToFileURL(DIGITS);

/** What a promise is rejected with. */
async function refusal(promise: Promise<unknown>): Promise<qbin.QbinError> {
  return promise.then(
    () => expect.unreachable("it was not refused"),
    (error) => error,
  );
}

describe("sources", () => {
  /** Bytes that do not start at a multiple of eight, as in a larger buffer from a network. */
  const shifted = new Uint8Array(digits.length + 3);
  shifted.set(digits, 3);

  test.each<[string, () => qbin.ModelSource]>([
    ["a Uint8Array", () => digits],
    ["a Uint8Array in the middle of a buffer", () => shifted.subarray(3)],
    ["a Buffer", () => Buffer.from(digits)],
    ["an ArrayBuffer", () => digits.buffer],
    ["a file: URL", () => url],
    ["a file: URL as text", () => url.href],
    ["a data: URL", () => `data:application/octet-stream;base64,${Buffer.from(digits).toString("base64")}`],
    ["a Response", () => new Response(digits)],
    ["a Blob", () => new Blob([digits])],
  ])("%s", async (_name, source) => {
    const model = await load(source());
    model.input().data.set(new Int8Array(picture.buffer) as never);
    model.run();
    const scores = model.output().data as Int8Array;
    expect(model.labels[scores.indexOf(Math.max(...scores))]).toBe("9");
  });

  test.each<[string, unknown, string, string]>([
    ["a missing file", new URL("nobody.qbin", url), "read", "nobody.qbin: no such file"],
    ["an answer that is not OK", new Response("", { status: 404 }), "fetch", "the server answered 404"],
    ["a URL that cannot be fetched", "nonsense:digits", "read", "nonsense:digits: "],
    ["something else", 7, "usage", "load takes bytes, a URL, a Response or a Blob"],
    ["nothing", undefined, "usage", "load takes bytes, a URL, a Response or a Blob"],
  ])("%s is refused", async (_name, source, code, message) => {
    const error = await refusal(load(source as qbin.ModelSource));
    expect(error).toBeInstanceOf(qbin.QbinError);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("\n");
  });

  test("bytes that are no model, and a damaged one", async () => {
    const text = await refusal(load(new TextEncoder().encode("x".repeat(100))));
    expect(text).toBeInstanceOf(qbin.QbinFormatError);
    expect(text).toMatchObject({ code: "format", rule: "R2" });
    const damaged = digits.slice();
    damaged[damaged.length - 1]! ^= 1;
    expect(await refusal(load(damaged))).toMatchObject({ rule: "R7" });
  });
});

describe("options", () => {
  test("there are four, and others are refused by name", async () => {
    const error = await refusal(load(digits, { thread: 2 } as never));
    expect(error).toBeInstanceOf(qbin.UsageError);
    expect(error.message).toMatch(/^load: there is no option "thread"; there are module, maxMemory, threads, keepAll/);
  });

  test.each([0, -1, Number.NaN, "1 GiB"])("maxMemory %s is refused", async (maxMemory) => {
    const error = await load(new Uint8Array(64), { maxMemory: maxMemory as number }).catch((e) => e);
    expect(error.message).toBe(`load: maxMemory is ${maxMemory}; it must be a number of bytes`);
  });

  test("module forces one that there is, and info says so", async () => {
    for (const module of ["scalar", "simd"] as const) {
      expect((await load(digits, { module })).info).toMatchObject({
        module,
        reason: expect.stringMatching(/^asked for/),
      });
    }
    const chosen = (await load(digits)).info;
    expect(chosen.module).not.toBe("scalar");
    expect(chosen.reason).not.toMatch(/^asked for/);
    const error = await refusal(load(digits, { module: "avx" as never }));
    expect(error).toBeInstanceOf(qbin.EnvironmentError);
    expect(error).toMatchObject({ code: "no-module" });
    expect(error.message).toMatch(/^module "avx" does not exist; there are scalar, simd/);
  });

  test("maxMemory bounds linear memory", async () => {
    const { total } = (await load(digits)).info.memory;
    expect((await load(digits, { maxMemory: total })).info.memory.total).toBe(total);
    const error = await refusal(load(digits, { maxMemory: 20_000 }));
    expect(error).toBeInstanceOf(qbin.EnvironmentError);
    expect(error.code).toBe("memory");
    expect(error.message).toMatch(
      /^model "digits" needs \d+ bytes of linear memory, the limit is 20000; .* Raise maxMemory, or use a smaller model$/,
    );
  });

  test("keepAll keeps every tensor, and nothing else does", async () => {
    const bytes = operatorModel("residual_block");
    const plain = await load(bytes);
    const kept = await load(bytes, { keepAll: true });
    expect([plain.info.keepAll, kept.info.keepAll]).toEqual([false, true]);
    expect(kept.info.memory.arena).toBeGreaterThan(plain.info.memory.arena);
    const name = kept.info.nodes[0]!.outputs[0]!;
    expect(() => plain.tensor(name)).toThrow("tensor() needs a model loaded with { keepAll: true }");
    expect(kept.tensor(name).shape).toEqual(kept.info.nodes[0]!.shape);
    expect(() => kept.tensor("nobody")).toThrow('model "residual_block" has no tensor "nobody" in memory');
  });
});

test("every error is a QbinError with a name and a code", () => {
  const { QbinError, QbinFormatError, UsageError, ShapeError, QuantizationError } = qbin;
  const { EnvironmentError, UnsupportedOpError } = qbin;
  const errors = [
    new QbinFormatError("format", "x", "R1"),
    new UsageError("x"),
    new ShapeError("x"),
    new QuantizationError("x"),
    new EnvironmentError("memory", "x"),
    new UnsupportedOpError("types", "x"),
  ];
  for (const error of errors) expect(error).toBeInstanceOf(QbinError);
  expect(errors.map(({ name, code }) => `${name} ${code}`)).toEqual([
    "QbinFormatError format",
    "UsageError usage",
    "ShapeError shape",
    "QuantizationError quantization",
    "EnvironmentError memory",
    "UnsupportedOpError types",
  ]);
});
