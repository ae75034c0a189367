import { EnvironmentError } from "../core/errors.js";
import { chooseModule, isX86, type ModuleChoice } from "../wasm/detect.js";
import { compileModule } from "../wasm/instantiate.js";

export interface Selection {
  readonly choice: ModuleChoice;
  readonly module: WebAssembly.Module;
}

const selections: Record<string, Promise<Selection>> = {};

/**
 * The module to run and why, compiled and tested; decided once per process or page for each wish. Threads have their own
 * way to `compile`.
 */
export function selectModule(forced?: string, compile = compileModule): Promise<Selection> {
  const isShared = compile !== compileModule;
  const wish = `${forced} ${isShared}`;
  selections[wish] ??= select(forced, compile, isShared).catch((error) => {
    // A failure is told to whoever asked, and the next call tries again.
    delete selections[wish];
    throw error;
  });
  return selections[wish];
}

async function select(
  forced: string | undefined,
  compile: typeof compileModule,
  isShared: boolean,
): Promise<Selection> {
  const choice: ModuleChoice = { ...chooseModule(forced), family: isX86() ? undefined : "extmul" };
  const module = await compile(choice.name);
  if (!choice.name.startsWith("relaxed")) return { choice, module };
  const { measure, selfTest } = await import("./self-test.js");
  const wrong = await selfTest(choice.name, module, isShared);
  if (wrong === undefined) return { choice: measure(choice), module };
  const reason = `SIMD128; kernel ${wrong} of module "${choice.name}" failed its self-test on this engine and processor`;
  if (forced !== undefined) throw new EnvironmentError("self-test", reason);
  return { choice: { ...choice, name: "simd", reason }, module: await compile("simd") };
}
