import { byteLength } from "../plan/lifetimes.js";
import { facetOf } from "./facets.js";
import type { Session } from "./session.js";

/** What one step of the program took. */
export interface StepProfile {
  readonly node: string;
  readonly op: string;
  readonly kernel: string;
  /** Median over the repeats. */
  readonly microseconds: number;
  readonly macs: number;
  /** Multiply-accumulates per nanosecond; 0 for steps without any. */
  readonly gmacs: number;
}

/**
 * Times every step on its own, in the order of the program, so that each finds in its inputs what it does in a run: after
 * the last one the arena holds what later steps left. How long a step takes may depend on its data: branches are
 * predicted or not, subnormal floats are slow.
 */
export function profileSession(session: Session, milliseconds: number): readonly StepProfile[] {
  const { model, steps } = session;
  return steps.map((step, i) => {
    const node = model.nodes[step.node]!;
    const microseconds = 1000 * timeStep(session, i, milliseconds / steps.length);
    const at = (index: number) => model.tensors[index]!;
    const macs = step.macs ?? facetOf(node.op).definition.macs?.(node.inputs.map(at), node.outputs.map(at)) ?? 0;
    return { node: node.name, op: node.op, kernel: step.kernel, microseconds, macs, gmacs: macs / microseconds / 1000 };
  });
}

/**
 * Median milliseconds of step `i`, which is left executed once. A step that writes over its input gets it back before
 * every call; what that takes is measured as well and taken off.
 */
function timeStep(session: Session, i: number, budget: number): number {
  const { model, plan, steps, memory } = session;
  const { inputs, outputs } = model.nodes[steps[i]!.node]!;
  const address = plan.tensors[outputs[0]!]!;
  const execute = () => session.execute(i, i + 1);
  if (!inputs.some((index) => plan.tensors[index] === address)) return medianTime(execute, budget);
  const bytes = new Uint8Array(memory.buffer, address, byteLength(model.tensors[outputs[0]!]!));
  const original = bytes.slice();
  const restore = () => bytes.set(original);
  const copying = medianTime(restore, budget / 4);
  const both = () => {
    restore();
    execute();
  };
  // Beside copying, the shortest steps may seem to take no time at all.
  return Math.max(medianTime(both, budget) - copying, 1e-6);
}

/**
 * Milliseconds of one call: the median of samples of as many calls as fill an eighth of `budget`. Clocks are coarse, 5 µs
 * to 1 ms in browsers, so a larger budget is not only for more samples.
 */
function medianTime(call: () => void, budget: number): number {
  const deadline = performance.now() + budget;
  const samples: number[] = [];
  let repeats = 1;
  do {
    const start = performance.now();
    for (let r = 0; r < repeats; r++) call();
    const elapsed = performance.now() - start;
    if (elapsed < Math.max(budget / 8, 0.1) && repeats < 1 << 20) repeats *= 2;
    else samples.push(elapsed / repeats);
  } while (samples.length < 3 || performance.now() < deadline);
  samples.sort((a, b) => a - b);
  return samples[samples.length >> 1]!;
}
