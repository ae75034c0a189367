import { EnvironmentError, UsageError } from "../core/errors.js";

/** What `load` takes: the bytes of a `.qbin`, or where to get them. */
export type ModelSource = ArrayBuffer | Uint8Array | URL | string | Response | Blob;

/** The bytes behind `source`. Strings are URLs. Fetches nothing but the URL that was asked for. */
export async function readSource(source: ModelSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof URL || typeof source === "string") return readUrl(source);
  if (typeof Response === "function" && source instanceof Response) return readResponse(source);
  if (typeof Blob === "function" && source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  throw new UsageError("load takes bytes, a URL, a Response or a Blob");
}

async function readUrl(url: URL | string): Promise<Uint8Array> {
  if (String(url).startsWith("file:")) {
    // Node's fetch does not read files; getBuiltinModule keeps the runtime free of `node:` imports.
    const fs = globalThis.process?.getBuiltinModule?.("node:fs/promises");
    if (fs) return new Uint8Array(await failing(url, () => fs.readFile(new URL(url))));
  }
  return readResponse(await failing(url, () => fetch(url)));
}

async function readResponse(response: Response): Promise<Uint8Array> {
  if (!response.ok) {
    throw new EnvironmentError("fetch", `${response.url}: the server answered ${response.status}; no model was loaded`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

async function failing<T>(url: URL | string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    const why = code === "ENOENT" ? "no such file" : ((cause as Error).message ?? String(cause)).split("\n")[0];
    throw new EnvironmentError("read", `${url}: ${why}`);
  }
}
