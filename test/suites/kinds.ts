import { readQbin } from "../../host/format/read.js";
import { needsMore } from "../../host/runtime/facets.js";
import { DEFAULT_MAX_MEMORY, load } from "../../host/runtime/load.js";
import { Model } from "../../host/runtime/model.js";
import { selectModule } from "../../host/runtime/select.js";
import { createSession } from "../../host/runtime/session.js";
import { compileModules } from "../../host/wasm/instantiate.js";
import type { Family, ModuleName } from "../../host/wasm/kernel.js";
import { familiesOf, kernelsOf } from "../conformance/families.js";

/** One way to run a model on a module: the kernels that are chosen here, or those of a family. */
export interface Kind {
  readonly who: string;
  open(options?: { keepAll: boolean }): Promise<Model>;
}

/** As users load a model, then with every other family of kernels that the module has for it. */
export async function everyFamily(qbin: Uint8Array, module: ModuleName): Promise<Kind[]> {
  const data = readQbin(qbin);
  const { choice } = await selectModule(module);
  const kernels = (family: Family | undefined) => kernelsOf(data, module, family).join();
  const families = (await familiesOf(data, module)).filter((family) => kernels(family) !== kernels(choice.family));
  const compiled = await compileModules(module, needsMore(data));
  const forced = families.map((family): Kind => {
    const reason = `family ${family}`;
    const open = async ({ keepAll } = { keepAll: false }) =>
      new Model(createSession(data, module, compiled, { maxBytes: DEFAULT_MAX_MEMORY, keepAll, family }), {
        ...{ name: module, family, reason },
      });
    return { who: `${reason}: `, open };
  });
  return [{ who: "", open: (options = { keepAll: false }) => load(qbin, { module, ...options }) }, ...forced];
}

/** The first word of a complaint: which kernels it is about. */
export const blame = (who: string, problem: string | undefined) => problem && `${who}${problem}`;

/** A case's result from the complaints of all kinds. */
export function verdict(name: string, problems: readonly (string | undefined)[]) {
  const message = problems.find((problem) => problem !== undefined);
  return { case: name, ok: message === undefined, message };
}
