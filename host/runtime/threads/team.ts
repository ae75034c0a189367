import { EnvironmentError } from "../../core/errors.js";
import { DONE, LATE, type TeamExports } from "../../wasm/team.js";
import type { WorkerHandle } from "./spawn.js";

/** A run without any progress for this long, in milliseconds, is given up: a thread must have died. */
export const SILENCE_LIMIT = 10_000;
/** Most that counts of one wait: the process, or the computer, may have been asleep. */
const LONGEST_WAIT = 1000;

/** Where thread 0 finds what it needs. */
export interface TeamMemory {
  readonly control: number;
  readonly program: number;
  readonly shares: number;
}

/** The threads of one model, as thread 0 sees them. */
export class Team {
  readonly #exports: TeamExports;
  readonly #addresses: TeamMemory;
  readonly #workers: readonly WorkerHandle[];
  readonly #threads: number;
  readonly #silenceLimit: number;
  readonly #mayBlock = mayBlock() ? 1 : 0;
  #broken: string | undefined;

  constructor(
    exports: TeamExports,
    addresses: TeamMemory,
    workers: readonly WorkerHandle[],
    silenceLimit = SILENCE_LIMIT,
  ) {
    this.#exports = exports;
    this.#addresses = addresses;
    this.#workers = workers;
    this.#threads = workers.length + 1;
    this.#silenceLimit = silenceLimit;
  }

  /** Runs steps [first, end) on all threads. */
  execute(first: number, end: number): void {
    for (const { gone } of this.#workers) if (gone !== undefined) this.#break(`a thread is gone: ${gone}`);
    if (this.#broken !== undefined) this.#refuse();
    this.#exports.start(this.#addresses.control, first, end);
    let status = this.#lead();
    for (let silence = 0; status >= LATE; ) {
      const begin = performance.now();
      const next = this.#lead();
      silence = next === status ? silence + Math.min(performance.now() - begin, LONGEST_WAIT) : 0;
      if (silence > this.#silenceLimit) {
        this.#break(`a thread has not answered for ${this.#silenceLimit / 1000} s and must be gone`);
      }
      status = next;
    }
    if (status !== DONE) this.#break("a thread failed in the middle of a run");
  }

  #lead(): number {
    const { control, program, shares } = this.#addresses;
    return this.#exports.lead(control, program, shares, this.#threads, this.#mayBlock);
  }

  /** Lets the workers end; one that hangs is stopped. */
  dismiss(): void {
    this.#broken ??= "its threads were dismissed";
    this.#exports.dismiss(this.#addresses.control, this.#threads);
    for (const worker of this.#workers) worker.terminate();
  }

  /** Nothing can be said of what the memory holds after this. */
  #break(why: string): never {
    this.dismiss();
    this.#broken = why;
    this.#refuse();
  }

  #refuse(): never {
    throw new EnvironmentError("thread", `${this.#broken}; dispose of this model and load it again`);
  }
}

/** The main thread of a page must not sleep. */
function mayBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}
