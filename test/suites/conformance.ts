import { SOURCES } from "../conformance/cases/index.js";
import { runCase } from "../conformance/run-case.js";
import type { SuiteContext } from "./context.js";
import { unavailable } from "./unavailable.js";

/**
 * Kernels against `reference.ts`, bit for bit, on whatever engine imports this; see test/engines.
 * `--param case=text` runs the cases whose id holds the text.
 */
export async function run({ module, params, report }: SuiteContext): Promise<void> {
  const skip = unavailable(module);
  for (const source of SOURCES) {
    for (const testCase of source()) {
      if (params?.["case"] && !testCase.id.includes(params["case"])) continue;
      if (skip) {
        report({ case: testCase.id, skip });
        continue;
      }
      let message: string | undefined;
      try {
        message = await runCase(testCase, module);
      } catch (error) {
        message = `threw ${error}`;
      }
      report({ case: testCase.id, ok: message === undefined, message });
    }
  }
}
