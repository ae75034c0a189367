/**
 * host/wasm/variants.ts with a choice that can be forced: bundle.mjs puts this in its place. The planners then measure as
 * they run, and nothing in host/ knows of benches.
 */
import * as variants from "../../host/wasm/variants.ts";

export * from "../../host/wasm/variants.ts";

/** While `kernel` is set, only it is picked; a planner that finds it does not fit its layer throws or takes another form. */
export const forced = { kernel: undefined };

export function pickVariant(rows, machine, fits = () => true) {
  if (forced.kernel === undefined) return variants.pickVariant(rows, machine, fits);
  const isForced = ({ kernel, modules }) => kernel === forced.kernel && modules.includes(machine.module);
  return rows.find((variant) => isForced(variant) && fits(variant));
}
