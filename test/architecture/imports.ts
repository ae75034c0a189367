import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseSync } from "rolldown/utils";

/** One `import`, `export … from`, `import()` or `import("…").Type`, of a file named as it is below its folder. */
export interface Import {
  readonly from: string;
  /** A path below the same folder, one that leaves it with "..", or the name of a package. */
  readonly to: string;
}

/** TypeScript files below `folder`, declarations of built files left out. */
export function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .sort();
}

export function importsOf(folder: string, file: string): Import[] {
  const text = readFileSync(join(folder, file), "utf8");
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`);
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value)),
    ...[...text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)].map(([, request]) => request),
  ];
  return resolved(folder, file, requests);
}

/** AssemblyScript has decorators where TypeScript has none, so its imports are matched, not parsed. */
export function assemblyImportsOf(folder: string, file: string): Import[] {
  const text = readFileSync(join(folder, file), "utf8");
  const requests = [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)"/gm)].map(([, request]) => request);
  return resolved(folder, file, requests);
}

function resolved(folder: string, file: string, requests: readonly (string | undefined)[]): Import[] {
  const unique = new Set(requests.filter((request) => request !== undefined));
  return [...unique].map((request) => {
    const isRelative = request.startsWith(".");
    const path = relative(folder, resolve(folder, dirname(file), request)).replace(/\.js$/, ".ts");
    return { from: file, to: isRelative ? path : request };
  });
}
