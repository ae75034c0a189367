import { divide } from "../../plan/shares.js";
import type { NodePlan } from "../../wasm/kernel.js";
import { BARRIER, CONTROL_BYTES } from "../../wasm/team.js";
import { type Session, STEP_BYTES, schedule, type TeamLayout, writeProgram } from "../session.js";
import { workOf } from "./work.js";

/** One thread in memory that could be shared. */
export const ALONE: TeamLayout = { adapt: (plan) => plan, room: (programBytes) => programBytes };

/** Where the programs and the control block of a team are. */
export interface TeamAddresses {
  readonly programs: readonly number[];
  readonly control: number;
}

/**
 * What the threads of a session need in memory. Behind the program of thread 0 come the other threads' programs and the
 * control block. Each thread has scratch of its own, and so argument structs of its own, unless the scratch carries data
 * from one step to the next.
 */
export class Layout implements TeamLayout {
  readonly #threads: number;
  readonly #plans: NodePlan[] = [];
  #pitch = 0;

  constructor(threads: number) {
    this.#threads = threads;
  }

  adapt(plan: NodePlan): NodePlan {
    const isOwn = plan.scratchBytes && !plan.isScratchShared;
    const adapted = isOwn ? { ...plan, scratchBytes: wholeLines(plan.scratchBytes) * this.#threads } : plan;
    this.#plans.push(adapted);
    return adapted;
  }

  room(programBytes: number): number {
    this.#pitch = wholeLines(programBytes);
    return this.#pitch * this.#threads + CONTROL_BYTES;
  }

  /** Writes every thread's program. `isForced` splits steps as far as their tiles allow, whatever that is worth. */
  writePrograms({ model, plan, steps, instance }: Session, isForced: boolean): TeamAddresses {
    const words = new Uint32Array(instance.memory.buffer);
    const work = (node: number) => (isForced ? Number.POSITIVE_INFINITY : workOf(model, model.nodes[node]!));
    const shares = divide(
      steps.map(({ tiles, node }) => ({ tiles, work: work(node) })),
      this.#threads,
    );
    const programs = shares.map((own, thread) => {
      const scratch = plan.scratch.map((address, node) => address + thread * this.#scratchPitch(node));
      const program = plan.end + this.#pitch * thread;
      writeProgram(instance, schedule(model, this.#plans, { ...plan, scratch }), program);
      own.forEach(({ begin, end, isBarrier }, i) => {
        const at = (program + i * STEP_BYTES) / 4;
        words.set([begin, end], at + 2);
        if (isBarrier) words[at]! += BARRIER;
      });
      return program;
    });
    return { programs, control: plan.end + this.#pitch * this.#threads };
  }

  #scratchPitch(node: number): number {
    const { scratchBytes = 0, isScratchShared } = this.#plans[node]!;
    return isScratchShared ? 0 : scratchBytes / this.#threads;
  }
}

/** Whole cache lines: threads that write to the same one hinder each other. */
function wholeLines(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
