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
  const found = chooseModule(forced);
  const { name } = found;
  const [module, decide] = await Promise.all([compile(name), startChoosing(found)]);
  if (name.startsWith("relaxed")) {
    const { selfTest } = await import("./self-test.js");
    const wrong = await selfTest(name, module, isShared);
    if (wrong !== undefined) {
      const reason = `SIMD128; kernel ${wrong} of module "${name}" failed its self-test on this engine and processor`;
      if (forced !== undefined) throw new EnvironmentError("self-test", reason);
      const [simd, decideAgain] = await Promise.all([compile("simd"), startChoosing({ name: "simd", reason })]);
      return { choice: decideAgain(), module: simd };
    }
  }
  return { choice: decide(), module };
}

/** Where a module has several exact families of kernels, one is chosen: on x86 it is known, elsewhere time decides. */
async function startChoosing(found: ModuleChoice): Promise<() => ModuleChoice> {
  const { name, reason } = found;
  if (name !== "simd" && name !== "relaxed-ss") return () => found;
  if (name === "simd" && isX86())
    return () => ({ name, family: "dot16", reason: `${reason}; kernels "dot16": this is x86` });
  const { startContest } = await import("./self-test.js");
  const decide = startContest(name);
  return () => {
    const { family, text } = decide();
    return { name, family, reason: `${reason}; ${text}` };
  };
}
