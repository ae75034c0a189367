import { EnvironmentError } from "../../core/errors.js";
import { type Division, divide } from "../../plan/shares.js";
import type { NodePlan } from "../../wasm/kernel.js";
import { controlBytes, MAX_STEPS, SHARE_BYTES } from "../../wasm/team.js";
import { type Session, schedule, type TeamLayout, writeProgram } from "../session.js";
import { workOf } from "./work.js";

/** One thread in memory that could be shared. */
export const ALONE: TeamLayout = { adapt: (plan) => plan, room: (programBytes) => programBytes };

/** Where what a team needs is. */
export interface TeamAddresses {
  readonly programs: readonly number[];
  readonly shares: number;
  readonly control: number;
}

export function divideSession({ model, steps }: Session, threads: number, isForced: boolean): Division {
  // Forced: as far as tiles allow, whatever that is worth.
  const work = (node: number) => (isForced ? Number.POSITIVE_INFINITY : workOf(model, model.nodes[node]!));
  return divide(
    steps.map(({ tiles, node }) => ({ tiles, work: work(node) })),
    threads,
  );
}

/**
 * What the threads of a session need in memory. Behind the program of thread 0 come the other threads' programs, the
 * table of shares and the control block. Each thread has scratch of its own, and so argument structs of its own.
 */
export class Layout implements TeamLayout {
  readonly #threads: number;
  readonly #plans: NodePlan[] = [];
  #pitch = 0;

  constructor(threads: number) {
    this.#threads = threads;
  }

  adapt(plan: NodePlan): NodePlan {
    const { scratchBytes } = plan;
    const adapted = scratchBytes ? { ...plan, scratchBytes: wholeLines(scratchBytes) * this.#threads } : plan;
    this.#plans.push(adapted);
    return adapted;
  }

  room(programBytes: number, steps: number): number {
    if (steps > MAX_STEPS) throw new EnvironmentError("thread", `${steps} steps are more than threads can count`);
    this.#pitch = wholeLines(programBytes);
    return this.#pitch * this.#threads + this.#shareBytes(steps) + controlBytes(this.#threads);
  }

  /** Writes every thread's program and everybody's shares. */
  write({ model, plan, steps, instance }: Session, division: Division): TeamAddresses {
    const programs = Array.from({ length: this.#threads }, (_, thread) => plan.end + this.#pitch * thread);
    for (const [thread, program] of programs.entries()) {
      const scratch = plan.scratch.map((address, node) => address + thread * this.#scratchPitch(node));
      writeProgram(instance, schedule(model, this.#plans, { ...plan, scratch }), program);
    }
    const shares = plan.end + this.#pitch * this.#threads;
    const words = new Int32Array(instance.memory.buffer, shares);
    division.forEach((ofStep, step) => {
      ofStep?.forEach(({ begin, end, size, chunks }, thread) => {
        words.set([begin, end, size, chunks], ((step * this.#threads + thread) * SHARE_BYTES) / 4);
      });
    });
    return { programs, shares, control: shares + this.#shareBytes(steps.length) };
  }

  #shareBytes(steps: number): number {
    return wholeLines(steps * this.#threads * SHARE_BYTES);
  }

  #scratchPitch(node: number): number {
    return (this.#plans[node]!.scratchBytes ?? 0) / this.#threads;
  }
}

/** Whole cache lines: threads that write to the same one hinder each other. */
function wholeLines(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
