import { EnvironmentError } from "../core/errors.js";
import { chooseModule, isX86, type ModuleChoice } from "../wasm/detect.js";
import { compileModule } from "../wasm/instantiate.js";

export interface Selection {
  readonly choice: ModuleChoice;
  readonly module: WebAssembly.Module;
}

const selections = new Map<string | undefined, Promise<Selection>>();

/** The module to run and why, compiled and tested; decided once per process or page for each wish. */
export function selectModule(forced?: string): Promise<Selection> {
  let selection = selections.get(forced);
  if (selection === undefined) {
    selection = select(forced);
    selections.set(forced, selection);
    // A failure is told to whoever asked, and the next call tries again.
    selection.catch(() => selections.delete(forced));
  }
  return selection;
}

async function select(forced?: string): Promise<Selection> {
  const choice: ModuleChoice = { ...chooseModule(forced), family: isX86() ? undefined : "extmul" };
  const module = await compileModule(choice.name);
  if (!choice.name.startsWith("relaxed")) return { choice, module };
  const { measure, selfTest } = await import("./self-test.js");
  const wrong = await selfTest(choice.name, module);
  if (wrong === undefined) return { choice: measure(choice), module };
  const reason = `SIMD128; kernel ${wrong} of module "${choice.name}" failed its self-test on this engine and processor`;
  if (forced !== undefined) throw new EnvironmentError("self-test", reason);
  return { choice: { ...choice, name: "simd", reason }, module: await compileModule("simd") };
}
