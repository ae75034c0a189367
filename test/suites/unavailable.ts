import { chooseModule } from "../../host/wasm/detect.js";
import type { ModuleName } from "../../host/wasm/kernel.js";

/** Why this engine and processor cannot run a module, or undefined: what a suite reports as the reason of a skip. */
export function unavailable(module: ModuleName): string | undefined {
  try {
    chooseModule(module);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
