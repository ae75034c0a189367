import type { ModuleName } from "../../host/wasm/kernel.js";

/** What test/engines gives a suite: one call of `run` per module. */
export interface SuiteContext {
  readonly module: ModuleName;
  readonly params?: Readonly<Record<string, string>>;
  /** `repo/…` is the repository, `shared/…` the folder beside it. */
  readBytes(path: string): Promise<Uint8Array>;
  report(result: { case: string; ok?: boolean; message?: string | undefined; skip?: string }): void;
}
