import type { ModelData } from "../../host/core/model.js";
import { facetOf, loadFacets } from "../../host/runtime/facets.js";
import type { Family, ModuleName } from "../../host/wasm/kernel.js";

const FAMILIES: readonly (Family | undefined)[] = [undefined, "relaxed", "dot16", "extmul"];

/** The kernels a model runs when a family is preferred. Pure: nothing is compiled. Its ops must be loaded. */
export function kernelsOf(model: ModelData, module: ModuleName, family: Family | undefined): string[] {
  const address = { input: () => 0, output: () => 0, constant: () => 0, scratch: 0, shared: 0 };
  return model.nodes.flatMap((node) => {
    const plan = facetOf(node.op).prepare({
      inputs: node.inputs.map((index) => (index < 0 ? undefined : model.tensors[index])),
      outputs: node.outputs.map((index) => model.tensors[index]!),
      attributes: node.attributes as never,
      numerics: node.numerics,
      module,
      family,
    });
    return plan.steps(address).map(({ kernel }) => kernel);
  });
}

/** The preferences under which a model runs different kernels of a module; the first is none, as users run it. */
export async function familiesOf(model: ModelData, module: ModuleName): Promise<(Family | undefined)[]> {
  await loadFacets(model);
  const seen = new Set<string>();
  return FAMILIES.filter((family) => {
    const kernels = kernelsOf(model, module, family).join();
    return !seen.has(kernels) && seen.add(kernels);
  });
}
