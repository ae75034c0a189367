import type { CaseSource } from "../conformance/case.js";
import { convCases } from "../conformance/cases/conv.js";
import { elementwiseCases } from "../conformance/cases/elementwise.js";
import { floatConvolutions } from "../conformance/cases/float-conv.js";
import { lookupCases } from "../conformance/cases/lookup.js";
import { moves } from "../conformance/cases/move.js";
import { pools } from "../conformance/cases/pool.js";
import { quantizeCases } from "../conformance/cases/quantize.js";
import { reductions } from "../conformance/cases/reduce.js";
import { resizes } from "../conformance/cases/resize.js";
import { softmaxCases } from "../conformance/cases/softmax.js";
import { runCase } from "../conformance/run-case.js";
import type { SuiteContext } from "./context.js";
import { unavailable } from "./unavailable.js";

/** Kernels against `reference.ts`, bit for bit, on whatever engine imports this; see test/engines. */
const SOURCES: readonly CaseSource[] = [
  convCases,
  elementwiseCases,
  floatConvolutions,
  lookupCases,
  moves,
  pools,
  quantizeCases,
  reductions,
  resizes,
  softmaxCases,
];

/** `--param case=text` runs the cases whose id holds the text. */
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
