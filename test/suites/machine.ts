import { selectModule } from "../../host/runtime/select.js";
import { isX86 } from "../../host/wasm/detect.js";
import type { SuiteContext } from "./context.js";
import { unavailable } from "./unavailable.js";

/** What the choice of kernels rests on, on the engine and processor at hand. */
export async function run({ module, report }: SuiteContext): Promise<void> {
  const processor = processorName();
  const x86 = /x64|ia32|x86|i[3-6]86|Intel/i.test(processor);
  const problem = isX86() === x86 ? undefined : `the NaN says ${isX86() ? "" : "not "}x86, the engine "${processor}"`;
  report({ case: "x86 is told by its NaN", ok: problem === undefined, message: problem });

  const name = "the choice gives its reason";
  const skip = unavailable(module);
  if (skip) return report({ case: name, skip });
  const { choice } = await selectModule(module);
  const expected = {
    scalar: /^asked for$/,
    simd: x86 ? /^asked for; kernels "dot16": this is x86$/ : /^asked for; kernels "(extmul|dot16)": the /,
    "relaxed-us": /^asked for$/,
    "relaxed-ss": /^asked for; kernels "(relaxed|extmul)": the /,
  }[module];
  const ok = expected.test(choice.reason);
  report({ case: name, ok, message: `${choice.reason} (family ${choice.family})` });
}

/** Node, Deno and Bun say it; pages have a word about the platform. */
function processorName(): string {
  const { process, navigator } = globalThis as { process?: { arch?: string }; navigator?: { platform?: string } };
  return process?.arch ?? navigator?.platform ?? "";
}
