import { importTflite, quantize, type Sample, writeQbin } from "../../host/toolchain.js";
import type { SuiteContext } from "./context.js";
import { unavailable } from "./unavailable.js";

/**
 * The whole toolchain on this engine: a float model is imported, calibrated on its kernels, quantized and written. The file
 * must be, byte for byte, the one that Node's made when the suites were built (scripts/build-suites.mjs).
 */
export async function run({ module, readBytes, report }: SuiteContext): Promise<void> {
  const reason = unavailable(module) ?? (await missing(readBytes));
  for (const variant of VARIANTS) {
    const name = caseName(variant);
    if (reason !== undefined) {
      report({ case: name, skip: reason });
      continue;
    }
    const expected = await readBytes(`repo/build/suites/${name}.qbin`);
    const received = await quantizeVariant(variant, readBytes, module);
    const at = received.findIndex((byte, i) => byte !== expected[i]);
    const ok = at < 0 && received.length === expected.length;
    report({
      case: name,
      ok,
      message: ok ? undefined : `byte ${at} of ${received.length} (${expected.length}) differs`,
    });
  }
}

type Variant = readonly [mode: "static-int8" | "power-of-two", calibrator: "min-max" | "entropy" | "mse"];

/** What each file is made with. */
export const VARIANTS: readonly Variant[] = [
  ["static-int8", "min-max"],
  ["static-int8", "entropy"],
  ["power-of-two", "mse"],
];

export function caseName([mode, calibrator]: Variant): string {
  return `resnet8_fp32-${mode}-${calibrator}`;
}

/** The `.qbin` of one variant. */
export async function quantizeVariant(
  [mode, calibrator]: Variant,
  readBytes: SuiteContext["readBytes"],
  module: SuiteContext["module"],
): Promise<Uint8Array> {
  const float = importTflite(await readBytes("shared/models/resnet8_fp32.tflite"), { name: "resnet8_fp32" });
  const data = await readBytes("shared/data/cifar10-calibration.bin");
  const size = 1 + 32 * 32 * 3;
  const samples = Array.from({ length: 20 }, (_, i): Sample => {
    return { inputs: data.slice(i * size + 1, (i + 1) * size) };
  });
  const { graph } = await quantize(float, { mode, calibrator, samples, module });
  return writeQbin(graph);
}

async function missing(readBytes: SuiteContext["readBytes"]): Promise<string | undefined> {
  try {
    await readBytes("shared/models/resnet8_fp32.tflite");
    return undefined;
  } catch {
    return "there is no ../shared beside the repository";
  }
}
