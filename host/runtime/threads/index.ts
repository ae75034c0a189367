import { EnvironmentError, UsageError } from "../../core/errors.js";
import type { ModelData } from "../../core/model.js";
import { LEAST_WORK } from "../../plan/shares.js";
import { compileShared } from "../../wasm/compile-shared.js";
import type { Modules } from "../../wasm/instantiate.js";
import type { ModuleName } from "../../wasm/kernel.js";
import { sharedMemoryProblem } from "../../wasm/shared-memory.js";
import { compileTeam, type TeamExports } from "../../wasm/team.js";
import { type CreateSession, createSession, type Session, type SessionOptions } from "../session.js";
import { ALONE, divideSession, Layout, type TeamAddresses } from "./layout.js";
import { spawn, type WorkerHandle } from "./spawn.js";
import { SILENCE_LIMIT, Team } from "./team.js";
import { workOf } from "./work.js";

const MAX_THREADS = 64;

/** What `load` needs to run a model on more threads than its own. */
export interface TeamPlan {
  /** Compiles modules for shared memory; undefined where there is none. */
  readonly compile: typeof compileShared | undefined;
  readonly createSession: CreateSession;
}

export function planTeam(threads: number): TeamPlan {
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    const given = typeof threads === "number" ? threads : (JSON.stringify(threads) ?? typeof threads);
    throw new UsageError(`load: threads must be a whole number from 1 to ${MAX_THREADS}, not ${given}`);
  }
  return {
    compile: sharedMemoryProblem() === undefined ? compileShared : undefined,
    createSession: async (model, moduleName, modules, options, sound) => {
      await sound; // no threads are started for a file that turns out to be damaged
      return createTeamSession(model, moduleName, modules, options, threads);
    },
  };
}

export interface TeamOptions {
  /** A run without any progress for this many milliseconds is given up. */
  readonly silenceLimit?: number;
  /** Use all threads, however little there is to do: for tests. */
  readonly isForced?: boolean;
}

/** A session that runs on several threads, or, where that is impossible or does not pay, on one and says why. */
export async function createTeamSession(
  model: ModelData,
  moduleName: ModuleName,
  modules: Modules,
  options: SessionOptions,
  threads: number,
  { silenceLimit = SILENCE_LIMIT, isForced = false }: TeamOptions = {},
): Promise<Session> {
  const single = (session: Session, threadsReason: string): Session => ({
    ...session,
    threading: { threads: 1, threadsReason },
  });
  const problem = sharedMemoryProblem();
  if (problem) return single(createSession(model, moduleName, modules, options), problem);
  const alone = () => createSession(model, moduleName, modules, { ...options, team: ALONE });
  const work = model.nodes.reduce((sum, node) => sum + workOf(model, node), 0);
  if (work < LEAST_WORK && !isForced) return single(alone(), TOO_SMALL);

  // They start while this thread prepares the model.
  const hiring = Promise.allSettled(Array.from({ length: threads - 1 }, spawn));
  try {
    const layout = new Layout(threads);
    const session = createSession(model, moduleName, modules, { ...options, team: layout });
    const division = divideSession(session, threads, isForced);
    if (!isForced && !division.some(Boolean)) throw new EnvironmentError("thread", TOO_SMALL);
    const addresses = layout.write(session, division);
    const hired = await hiring;
    const refusal = hired.find((result) => result.status === "rejected");
    if (refusal) throw refusal.reason;
    const team = await assemble(session, modules, present(hired), addresses, silenceLimit);
    return withTeam(session, team, threads);
  } catch (error) {
    for (const worker of present(await hiring)) worker.terminate();
    if ((error as { code?: string }).code !== "thread") throw error;
    return single(alone(), (error as Error).message);
  }
}

/** Whoever forgets a model without `dispose` gets its threads back at some time all the same. */
const forgotten = new FinalizationRegistry<Team>((team) => team.dismiss());

/** Apart, so that what the team is reached from does not reach the session. */
function withTeam(session: Session, team: Team, threads: number): Session {
  const joined: Session = {
    ...session,
    threading: { threads, threadsReason: "asked for" },
    execute: (first, end) => team.execute(first, end),
    dispose: () => team.dismiss(),
  };
  forgotten.register(joined, team);
  return joined;
}

const TOO_SMALL = "the model is too small to gain from more";

function present(hired: readonly PromiseSettledResult<WorkerHandle>[]): WorkerHandle[] {
  return hired.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** Sends the workers to work and waits until they are about to. */
async function assemble(
  { instance }: Session,
  kernelModules: Modules,
  workers: readonly WorkerHandle[],
  { programs, shares, control }: TeamAddresses,
  silenceLimit: number,
): Promise<Team> {
  const threads = programs.length;
  const { memory, table, indices } = instance;
  const kernels = [...indices.keys()];
  const threadsModule = await compileTeam();
  const { exports } = await WebAssembly.instantiate(threadsModule, { env: { memory, table } });
  const common = { threadsModule, kernelModules, memory, kernels, control, shares, threads };
  await Promise.all(workers.map((worker, i) => worker.begin({ ...common, thread: i + 1, program: programs[i + 1]! })));
  return new Team(exports as unknown as TeamExports, { control, shares, program: programs[0]! }, workers, silenceLimit);
}
