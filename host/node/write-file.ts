import type { Stats } from "node:fs";
import { chmod, open, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileError, onFile } from "./file-error.js";

/** One file to be: `path` as the user wrote it, which errors repeat. */
export interface OutputFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes a file so that at every moment `path` holds either what it held before or all of `bytes`.
 *
 * @throws EnvironmentError that starts with the path; nothing is left behind
 */
export function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  return writeFilesAtomically([{ path, bytes }]);
}

/**
 * Writes several files, each as `writeFileAtomically`. All are complete beside their targets before the first takes its
 * place, so a full disk or a missing folder leaves every target as it was.
 */
export async function writeFilesAtomically(files: readonly OutputFile[]): Promise<void> {
  const staged: StagedFile[] = [];
  try {
    for (const [i, file] of files.entries()) staged.push(await stage(file, i));
    for (const file of staged) await file.commit();
  } catch (error) {
    await Promise.all(staged.map((file) => file.discard()));
    throw error;
  }
}

interface StagedFile {
  commit(): Promise<void>;
  /** Removes what was written so far; does nothing after `commit`. */
  discard(): Promise<void>;
}

async function stage({ path, bytes }: OutputFile, i: number): Promise<StagedFile> {
  const target = await findTarget(path);
  // A pipe or a device has no earlier contents to keep, and must not be replaced by a file.
  if (target.isSpecial) return { commit: () => onFile(path, () => writeFile(path, bytes)), discard: async () => {} };
  const temporary = join(dirname(target.path), `.qbin-${process.pid}-${Date.now().toString(36)}-${i}.tmp`);
  const discard = () => rm(temporary, { force: true });
  const write = async () => {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      // Without it a crash of the machine could leave the new name with old, empty contents.
      await file.sync();
    } finally {
      await file.close();
    }
    if (target.mode !== undefined) await chmod(temporary, target.mode);
  };
  try {
    await onFile(path, write);
  } catch (error) {
    await discard();
    throw error;
  }
  return { commit: () => onFile(path, () => rename(temporary, target.path)), discard };
}

/**
 * Where `path` leads: a link's target is replaced, not the link, and an existing file's permissions stay. Pipes, devices
 * and whatever else is not a plain file are written to as they are.
 */
async function findTarget(path: string): Promise<{ path: string; mode?: number; isSpecial?: boolean }> {
  if (path === "") throw fileError(path, { code: "ENOENT" });
  if (/[\\/]$/.test(path)) throw fileError(path, { code: "EISDIR" });
  // Links there, like /dev/stdout, lead to open files, which have no name that could be replaced.
  if (/^\/(dev|proc)\//.test(resolve(path))) return { path, isSpecial: true };
  let status: Stats;
  try {
    status = await stat(path);
  } catch (cause) {
    if ((cause as { code?: string }).code !== "ENOENT") throw fileError(path, cause);
    const link = await readlink(path).catch(() => undefined);
    return link === undefined ? { path } : findTarget(resolve(dirname(path), link));
  }
  if (status.isDirectory()) throw fileError(path, { code: "EISDIR" });
  if (!status.isFile()) return { path, isSpecial: true };
  return { path: await onFile(path, () => realpath(path)), mode: status.mode & 0o777 };
}
