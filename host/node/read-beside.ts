import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { EnvironmentError } from "../core/errors.js";
import { fileError } from "./file-error.js";

/**
 * Reads files that a model refers to, for `importOnnx`: by paths relative to the model's folder, and from nowhere else.
 * Links are followed before the check, so that none leads out. Each file is read once.
 */
export function readBeside(model: string): (location: string) => Uint8Array {
  const read = new Map<string, Uint8Array>();
  return (location) => {
    const known = read.get(location);
    if (known !== undefined) return known;
    const path = join(dirname(model), location);
    const bytes = readInside(dirname(model), path);
    read.set(location, bytes);
    return bytes;
  };
}

function readInside(folder: string, path: string): Uint8Array {
  try {
    const real = realpathSync(path);
    const inside = relative(realpathSync(folder), real);
    if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || !statSync(real).isFile()) {
      throw new EnvironmentError(
        "file",
        `${path}: the model refers to it, and it is no file inside the model's folder`,
      );
    }
    return new Uint8Array(readFileSync(real));
  } catch (cause) {
    throw cause instanceof EnvironmentError ? cause : fileError(path, cause);
  }
}
