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
 * Times every step on its own. Clocks are coarse (5 µs to 1 ms in browsers), so one sample runs a step as often as it
 * takes to last 100 µs or more; a step that reads its own output then sees changed data, which costs the same time.
 */
export function profileSession(session: Session, milliseconds: number): readonly StepProfile[] {
  const { model, steps } = session;
  session.execute(0, steps.length);
  const budget = milliseconds / Math.max(1, steps.length);
  return steps.map((step, i) => {
    const node = model.nodes[step.node]!;
    const microseconds = timeStep(session, i, budget);
    const inputs = node.inputs.map((index) => (index < 0 ? undefined : model.tensors[index]));
    const macs =
      facetOf(node.op).definition.macs?.(
        inputs,
        node.outputs.map((index) => model.tensors[index]!),
      ) ?? 0;
    return { node: node.name, op: node.op, kernel: step.kernel, microseconds, macs, gmacs: macs / microseconds / 1000 };
  });
}

function timeStep(session: Session, i: number, budget: number): number {
  const deadline = performance.now() + budget;
  const samples: number[] = [];
  let repeats = 1;
  do {
    const start = performance.now();
    for (let r = 0; r < repeats; r++) session.execute(i, i + 1);
    const elapsed = performance.now() - start;
    if (elapsed < 0.1 && repeats < 1 << 20) repeats *= 2;
    else samples.push(elapsed / repeats);
  } while (samples.length < 3 || performance.now() < deadline);
  samples.sort((a, b) => a - b);
  return samples[samples.length >> 1]! * 1000;
}
