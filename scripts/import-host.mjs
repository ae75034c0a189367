import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { root } from "./project.mjs";

/** A module of host/, without a build: what is published does not have all of them. */
export async function importHost(path) {
  const bundle = await rolldown({ input: join(root, "host", `${path}.ts`), platform: "node", logLevel: "silent" });
  // `npm run check` runs scripts side by side, and some import the same module.
  const folder = join(root, "build/host", `${process.pid}`);
  const file = join(folder, `${path}.mjs`);
  try {
    await bundle.write({ file, format: "esm", codeSplitting: false });
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
