import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { root } from "./project.mjs";

/** A module of host/, without a build: what is published does not have all of them. */
export async function importHost(path) {
  const bundle = await rolldown({ input: join(root, "host", `${path}.ts`), platform: "node", logLevel: "silent" });
  const file = join(root, "build/host", `${path}.mjs`);
  await bundle.write({ file, format: "esm", codeSplitting: false });
  return import(pathToFileURL(file).href);
}
