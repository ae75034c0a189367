import { EnvironmentError } from "../core/errors.js";

/** What the system's error codes mean to whoever typed the path. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  ENOTDIR: "a part of the path before the last is not a folder",
  EISDIR: "is a folder, not a file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  EFBIG: "the file may not become that large",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
};

/** A failed system call as one line that starts with the path. */
export function fileError(path: string, cause: unknown): EnvironmentError {
  const code = (cause as { code?: unknown }).code;
  const reason = typeof code === "string" ? (REASONS[code] ?? `the system answered ${code}`) : String(cause);
  return new EnvironmentError("file", `${path || '""'}: ${reason}`);
}

/** Runs system calls on `path`; what they throw becomes `fileError`. */
export async function onFile<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw fileError(path, cause);
  }
}
