/**
 * The quantized models in test/models/onnx-quantized, as vitest, the suites and the docs read them: by a function that has the
 * bytes of a file there.
 */
import { elementsOf, type TypedData } from "../../../host/core/dtype.js";
import type { ModelData } from "../../../host/core/model.js";

export type Read = (file: string) => Promise<Uint8Array>;

/** Elements that differ, and the largest difference: in steps of the output's quantization, or relative to its largest value. */
export interface Difference {
  readonly count: number;
  readonly steps?: number;
  readonly relative?: number;
}

export interface QuantizedOutput {
  readonly name: string;
  readonly dtype: "float32" | "int8" | "uint8";
  readonly shape: readonly number[];
  readonly elements: number;
  /** Scale of the DequantizeLinear that writes it, if one does. */
  readonly step?: number;
  readonly unfused: Difference;
  readonly int8Allowed: Difference;
  readonly web: Difference;
  readonly webInt8Allowed: Difference;
}

export interface QuantizedModel {
  readonly name: string;
  readonly network: string;
  readonly form?: string;
  readonly types?: string;
  readonly scales?: string;
  readonly ranges?: string;
  readonly way?: string;
  readonly exporter?: string;
  readonly opset?: number;
  readonly refused?: string;
  readonly samples: number;
  readonly inputs: readonly { readonly name: string; readonly dtype: string; readonly file: string }[];
  readonly outputs: readonly QuantizedOutput[];
}

/** What we say of a model: ops that touch float32, with their numbers, and differences from the recorded bytes by output. */
export interface Expected {
  readonly float: Readonly<Record<string, number>>;
  readonly differs?: readonly Difference[];
  /** Why something is not int8, or not equal. */
  readonly why?: string;
}

export const MANIFESTS = ["ort.json", "torch.json"] as const;

export async function readJson<T>(read: Read, file: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await read(file)));
}

export async function quantizedModels(read: Read): Promise<QuantizedModel[]> {
  const manifests = await Promise.all(MANIFESTS.map((file) => readJson<{ models: QuantizedModel[] }>(read, file)));
  return manifests.flatMap(({ models }) => models);
}

/** How often each op with a float32 input or output is in a graph; those that quantize their input themselves are named so. */
export function floatOps({ nodes, tensors }: ModelData): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op, inputs, outputs, attributes } of nodes) {
    const isFloat = [...inputs, ...outputs].some((index) => index >= 0 && tensors[index]!.dtype === "float32");
    const name = attributes["mode"] === "dynamic-range" ? `${op}, dynamic` : op;
    if (isFloat) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/**
 * `run` gets the inputs of a sample and gives its outputs; the differences of all samples from the recorded ones, by output.
 * `way` says whose: ONNX Runtime's on x86, or those of its WebAssembly build with int8 layers fused.
 */
export async function differences(
  model: QuantizedModel,
  read: Read,
  run: (inputs: readonly TypedData[]) => readonly TypedData[],
  way: "x86" | "web" = "x86",
): Promise<Difference[]> {
  const files = model.outputs.map(({ webInt8Allowed }, i) =>
    way === "web" && webInt8Allowed.count > 0 ? `${model.name}.web${i}.bin` : `${model.name}.output${i}.bin`,
  );
  const [inputs, outputs] = await Promise.all([
    Promise.all(model.inputs.map(async ({ file, dtype }) => typed(await read(file), dtype))),
    Promise.all(files.map(async (file, i) => typed(await read(file), model.outputs[i]!.dtype))),
  ]);
  const tallies = model.outputs.map(() => ({ count: 0, gap: 0, largest: 0 }));
  for (let sample = 0; sample < model.samples; sample++) {
    const part = (data: TypedData) => {
      const size = data.length / model.samples;
      return data.subarray(sample * size, (sample + 1) * size) as TypedData;
    };
    const received = run(inputs.map(part));
    outputs.forEach((data, i) => {
      tally(tallies[i]!, part(data), received[i]!);
    });
  }
  return model.outputs.map(({ dtype, step }, i) => {
    const { count, gap, largest } = tallies[i]!;
    if (dtype !== "float32") return { count, steps: gap };
    return step === undefined ? { count, relative: gap / largest } : { count, steps: Math.round(gap / step) };
  });
}

function typed(bytes: Uint8Array, dtype: string): TypedData {
  return elementsOf(dtype as Parameters<typeof elementsOf>[0], bytes);
}

function tally(into: { count: number; gap: number; largest: number }, expected: TypedData, actual: TypedData): void {
  if (actual.length !== expected.length) throw new Error(`${actual.length} elements, expected ${expected.length}`);
  expected.forEach((value: number | bigint, i: number) => {
    const gap = Math.abs(Number(value) - Number(actual[i]));
    // NaN is never equal, and never small.
    if (!Object.is(Number(value), Number(actual[i]))) into.count++;
    into.gap = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.max(into.gap, gap);
    into.largest = Math.max(into.largest, Math.abs(Number(value)));
  });
}

/** Float sums are added in another order: a few roundings of the largest term, as for float models. */
export const ROUNDING = 2e-6;

/** What must not be exceeded for one output: nothing if it is quantized, rounding if it is float, or what `expected.json` says. */
export function allowed(expected: Expected, output: QuantizedOutput, index: number): Difference {
  const isFloat = output.dtype === "float32" && output.step === undefined;
  return (
    expected.differs?.[index] ?? (isFloat ? { count: output.elements, relative: ROUNDING } : { count: 0, steps: 0 })
  );
}

export function exceeds(difference: Difference, limit: Difference): boolean {
  return (
    difference.count > limit.count ||
    (difference.steps ?? 0) > (limit.steps ?? 0) ||
    (difference.relative ?? 0) > (limit.relative ?? 0)
  );
}

/** The most ONNX Runtime differs from itself, over its ways of running the model. */
export function ownDifference(output: QuantizedOutput): Difference {
  const ways = [output.unfused, output.int8Allowed, output.web, output.webInt8Allowed];
  const most = (values: readonly (number | undefined)[]) => Math.max(...values.map((value) => value ?? 0));
  const count = most(ways.map((way) => way.count));
  const relative = most(ways.map((way) => way.relative));
  return output.unfused.steps === undefined
    ? { count, relative }
    : { count, steps: most(ways.map((way) => way.steps)) };
}

export function describeDifference({ count, steps, relative }: Difference): string {
  if (count === 0) return "equal";
  return `${count} by ${steps === undefined ? relative!.toPrecision(2) : `${steps} step${steps === 1 ? "" : "s"}`}`;
}
