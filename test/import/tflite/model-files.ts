import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** A folder of .tflite files: its names without extension, or why there are none. */
export interface ModelFolder {
  readonly names: readonly string[];
  readonly read: (name: string) => Uint8Array;
  /** Set when the folder is missing and that is acceptable. */
  readonly skipped: string | undefined;
}

/** The real models beside the repository. On CI they must be there. */
export function sharedModels(): ModelFolder {
  return folder(join(ROOT, "../shared/models"), "../shared/models");
}

/** The one-operator models the project's own script makes. */
export function ownModels(): ModelFolder {
  return folder(join(ROOT, "test/models"), "test/models");
}

function folder(path: string, label: string): ModelFolder {
  const names = existsSync(path)
    ? readdirSync(path)
        .filter((file) => file.endsWith(".tflite"))
        .map((file) => file.slice(0, -".tflite".length))
    : [];
  const missing = names.length === 0 ? `${label} is not there` : undefined;
  if (missing !== undefined && process.env["CI"]) throw new Error(`${missing}, and on CI it must be`);
  if (missing !== undefined) console.log(`skipped: the tests on these models, because ${missing}`);
  return { names, skipped: missing, read: (name) => new Uint8Array(readFileSync(join(path, `${name}.tflite`))) };
}
