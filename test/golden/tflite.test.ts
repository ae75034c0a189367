import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { elementsOf } from "../../host/core/dtype.js";
import { UnsupportedOpError } from "../../host/core/errors.js";
import type { ModelData, Tensor } from "../../host/core/model.js";
import { writeQbin } from "../../host/format/write.js";
import { importTflite } from "../../host/import/index.js";
import { load } from "../../host/index.js";
import { prepare } from "../../host/passes/index.js";
import { runReference } from "../../host/reference/index.js";
import { MODULES } from "../../host/wasm/kernel.js";
import { bytesOf } from "../reference/call.js";
import { goldenModels, missingGolden, SHARED } from "../reference/golden.js";
import { unavailable } from "../suites/unavailable.js";
import { type SingleOp, singleOps } from "./single-ops.js";

/** Written by make_tflite_golden.py: what TFLite's reference kernels and TFLite Micro computed. */
interface Golden {
  readonly models: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<Profile, readonly string[] | null>>>>>
  >;
  readonly operators: Readonly<Record<string, Readonly<Record<Profile, Digest | null>>>>;
}
interface Digest {
  readonly bytes: number;
  readonly sha256: string;
}

const PROFILES = ["tflite", "tflite-micro"] as const;
type Profile = (typeof PROFILES)[number];

const golden: Golden = JSON.parse(readFileSync(new URL("tflite.json", import.meta.url), "utf8"));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const modules = MODULES.filter((module) => unavailable(module) === undefined);
const missing = missingGolden();

function byReference(model: ModelData, inputs: readonly Uint8Array[]): Uint8Array[] {
  const at = (index: number) => model.tensors[index] as Tensor;
  const elements = inputs.map((bytes, i) => elementsOf(at(model.inputs[i] as number).dtype, bytes));
  const values = runReference(model, elements);
  return model.outputs.map((index) => bytesOf(values[index]!));
}

/** Outputs of the references, and of every module this engine has. */
async function everyWay(model: ModelData, inputs: readonly Uint8Array[]): Promise<Map<string, Uint8Array[]>> {
  const made = new Map([["reference", byReference(model, inputs)]]);
  const file = writeQbin(model);
  for (const module of modules) {
    const loaded = await load(file, { module });
    inputs.forEach((bytes, i) => {
      const { data } = loaded.input(i);
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(bytes);
    });
    loaded.run();
    const outputs = loaded.outputs.map((_, i) => {
      const { data } = loaded.output(i);
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    });
    made.set(module, outputs);
    loaded.dispose();
  }
  return made;
}

describe.each(PROFILES)("numerics %s, models of one operator", (numerics) => {
  const groups = new Map<string, SingleOp[]>();
  for (const one of singleOps()) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);

  test("are those the golden file was made from", () => {
    expect([...groups.keys()]).toEqual(Object.keys(golden.operators));
  });

  test.each(Object.entries(golden.operators))("%s", { timeout: 60_000 }, async (name, group) => {
    const expected = group[numerics];
    const made = new Map<string, Uint8Array[]>();
    for (const { file, inputs } of groups.get(name)!) {
      let model: ModelData;
      try {
        model = importTflite(file, { numerics });
      } catch (error) {
        // What the runtime cannot compute either, or, as RELU6 in TFLite Micro, computes to no use.
        expect(error).toBeInstanceOf(UnsupportedOpError);
        expect(expected).toBeNull();
        return;
      }
      for (const [way, outputs] of await everyWay(model, inputs)) made.set(way, [...(made.get(way) ?? []), ...outputs]);
    }
    const digests = [...made].map(([way, outputs]) => {
      const whole = Buffer.concat(outputs);
      return { way, bytes: whole.length, sha256: sha256(whole) };
    });
    // Where the runtime has no such operator, all there is to compare are the modules.
    for (const one of digests) expect(one).toEqual({ ...(expected ?? digests[0]), way: one.way });
  });
});

describe.skipIf(missing !== undefined).each(PROFILES)("numerics %s, models of ../shared", (numerics) => {
  const manifest = missing === undefined ? goldenModels() : {};
  test.each(Object.entries(golden.models))("%s", { timeout: 120_000 }, async (name, cases) => {
    const { file, cases: recorded } = manifest[name]!;
    const open = () => prepare(importTflite(readFileSync(new URL(`models/${file}`, SHARED)), { name, numerics }));
    for (const [which, expected] of Object.entries(cases)) {
      if (expected[numerics] === null) {
        expect(open).toThrow(UnsupportedOpError);
        continue;
      }
      const inputs = recorded[which]!.inputs.map(({ file }) => {
        return new Uint8Array(readFileSync(new URL(`golden/${name}/${file}`, SHARED)));
      });
      for (const [way, outputs] of await everyWay(open(), inputs)) {
        expect({ way, which, digests: outputs.map(sha256) }).toEqual({ way, which, digests: expected[numerics] });
      }
    }
  });
});
