import { UsageError } from "../core/errors.js";
import { LARGE_FILE, subtleCrypto, verifyDigest } from "../format/digest.js";
import { parseQbin } from "../format/parse.js";
import { validateModel } from "../format/validate.js";
import { compileModules } from "../wasm/instantiate.js";
import type { ModuleName } from "../wasm/kernel.js";
import { expectCommonOps, findLoadedOp, loadFacets, needsMore } from "./facets.js";
import { Model } from "./model.js";
import { selectModule } from "./select.js";
import { type CreateSession, createSession } from "./session.js";
import { type ModelSource, readSource } from "./source.js";

export interface LoadOptions {
  /** Forces a module; without it the best one the engine has is chosen. */
  readonly module?: ModuleName;
  /** Most bytes of linear memory the model may take. Default 1 GiB. */
  readonly maxMemory?: number;
  /**
   * Threads to run on, the calling one included. Default 1. Where more are impossible or do not pay one is used, and
   * `model.info.threadsReason` says why.
   */
  readonly threads?: number;
  /** Keep every intermediate tensor for `model.tensor(name)`. Costs memory. */
  readonly keepAll?: boolean;
}

// Nearly every model has some of these: they arrive beside whatever a page or process does before it loads a model.
expectCommonOps();

const OPTIONS = ["module", "maxMemory", "threads", "keepAll"];
export const DEFAULT_MAX_MEMORY = 2 ** 30;

/**
 * Loads a `.qbin` model: reads it, checks every rule of the format and its checksum, plans memory, packs weights.
 *
 * @param source bytes, a URL (also `file:`), a Response or a Blob
 * @throws QbinFormatError for files that break a rule, EnvironmentError where memory or an engine feature is missing
 */
export async function load(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined)
    throw new UsageError(`load: there is no option "${unknown}"; there are ${OPTIONS.join(", ")}`);
  const { threads = 1, maxMemory: maxBytes = DEFAULT_MAX_MEMORY, keepAll = false } = options;
  if (typeof maxBytes !== "number" || !(maxBytes > 0))
    throw new UsageError(`load: maxMemory is ${maxBytes}; it must be a number of bytes`);
  const team = threads === 1 ? undefined : (await import("./threads/index.js")).planTeam(threads);
  const choosing = selectModule(options.module, team?.compile);
  const bytes = await readSource(source);
  const data = parseQbin(bytes);
  // The session checks the digest of a small file; of a large one the engine does, while work goes on. Nobody gets the
  // model before that is done.
  const digest = team || (bytes.length >= LARGE_FILE && subtleCrypto()) ? verifyDigest(bytes) : undefined;
  digest?.catch(() => {});
  await loadFacets(data);
  validateModel(data, findLoadedOp);
  const { choice } = await choosing;
  const modules = await compileModules(choice.name, needsMore(data), team?.compile);
  const create: CreateSession = team?.createSession ?? createSession;
  const settings = { maxBytes, keepAll, family: choice.family, file: digest ? undefined : bytes };
  const session = await create(data, choice.name, modules, settings, digest);
  await digest;
  return new Model(session, choice);
}
