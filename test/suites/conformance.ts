import type { ModuleName } from "../../host/wasm/kernel.js";
import type { CaseSource } from "../conformance/case.js";
import { convCases } from "../conformance/cases/conv.js";
import { runCase } from "../conformance/run-case.js";

/** Kernels against `reference.ts`, bit for bit, on whatever engine imports this; see test/engines. */
const SOURCES: readonly CaseSource[] = [convCases];

export interface SuiteContext {
  readonly module: ModuleName;
  readonly params?: Readonly<Record<string, string>>;
  readBytes(path: string): Promise<Uint8Array>;
  report(result: { case: string; ok?: boolean; message?: string | undefined; skip?: string }): void;
}

/** `--param case=text` runs the cases whose id holds the text. */
export async function run({ module, params, report }: SuiteContext): Promise<void> {
  for (const source of SOURCES) {
    for (const testCase of source()) {
      if (params?.["case"] && !testCase.id.includes(params["case"])) continue;
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
