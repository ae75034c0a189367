/** The models and the recorded outputs of other runtimes beside the checkout; see ../shared/README.md. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { TypedData } from "../../host/core/dtype.js";
import { elementsOf } from "../../host/core/dtype.js";
import type { ModelData, Tensor } from "../../host/core/model.js";
import { importTflite } from "../../host/import/index.js";
import { bytesOf } from "./call.js";

export const SHARED = new URL("../../../shared/", import.meta.url);

export type Profile = "xnnpack" | "builtin";

interface Recorded {
  readonly file?: string;
  readonly sha256: string;
}

export interface GoldenLayer {
  readonly index: number;
  readonly op: string;
  readonly tensor: number;
  readonly type: string;
  readonly xnnpack: Recorded;
  readonly builtin: Recorded;
}

export interface GoldenModel {
  readonly file: string;
  readonly inputs: readonly { readonly type: string }[];
  readonly cases: Readonly<Record<string, Readonly<Record<"inputs" | Profile, readonly Recorded[]>>>>;
  readonly layers?: readonly GoldenLayer[];
}

/** Why the golden models cannot be run here; undefined when they can. On the CI machine they must be there. */
export function missingGolden(): string | undefined {
  if (existsSync(new URL("golden/manifest.json", SHARED))) return undefined;
  const reason = "../shared/golden is not beside the checkout";
  if (process.env["CI"]) throw new Error(`${reason}, and CI must not skip it`);
  return reason;
}

export function goldenModels(): Readonly<Record<string, GoldenModel>> {
  return JSON.parse(readFileSync(new URL("golden/manifest.json", SHARED), "utf8")).models;
}

export function importGolden(model: GoldenModel): ModelData {
  return importTflite(readFileSync(new URL(`models/${model.file}`, SHARED)), { name: model.file });
}

/** `model` with every node on TFLite's built-in kernels, as LiteRT computes when its XNNPACK delegate is off. */
export function withBuiltinKernels(model: ModelData): ModelData {
  return { ...model, nodes: model.nodes.map((node) => ({ ...node, numerics: "tflite" })) };
}

export function goldenInputs(name: string, golden: GoldenModel, which: string, model: ModelData): TypedData[] {
  const inputs = golden.cases[which]?.inputs ?? [];
  return inputs.map(({ file }, i) => {
    const tensor = model.tensors[model.inputs[i] as number] as Tensor;
    return elementsOf(tensor.dtype, new Uint8Array(readFileSync(new URL(`golden/${name}/${file}`, SHARED))));
  });
}

/** Number of bytes that differ from what was recorded; every byte when only its hash is known and is another. */
export function differing(name: string, recorded: Recorded, data: TypedData): number {
  const bytes = bytesOf(data);
  if (createHash("sha256").update(bytes).digest("hex") === recorded.sha256) return 0;
  if (recorded.file === undefined) return bytes.length;
  const expected = readFileSync(new URL(`golden/${name}/${recorded.file}`, SHARED));
  return bytes.reduce(
    (count, byte, i) => count + (byte === expected[i] ? 0 : 1),
    Math.abs(expected.length - bytes.length),
  );
}
