import { UsageError } from "../core/errors.js";
import type { ModelData, Node } from "../core/model.js";
import type { LayerMode, ModeName } from "./options.js";

/** What a node shall become. */
export type Chosen = Pick<LayerMode, "mode" | "weightBits">;

/**
 * The mode of every node: that of the last of `layers` that matches it, else `mode`.
 *
 * @throws UsageError for a pattern that matches no node
 */
export function selectModes(graph: ModelData, mode: ModeName, layers: readonly LayerMode[]): Map<Node, Chosen> {
  const modes = new Map<Node, Chosen>(graph.nodes.map((node) => [node, { mode }]));
  for (const layer of layers) {
    const pattern = globPattern(layer.match);
    const matching = graph.nodes.filter((node) => namesOf(graph, node).some((name) => pattern.test(name)));
    if (matching.length === 0) {
      const examples = graph.nodes.slice(0, 3).map(({ name }) => `"${name}"`);
      throw new UsageError(
        `pattern "${layer.match}" matches no layer of the ${graph.nodes.length}, which are ${examples.join(", ")}, …; inspect lists them all`,
      );
    }
    for (const node of matching) modes.set(node, layer);
  }
  return modes;
}

function namesOf({ tensors }: ModelData, node: Node): string[] {
  return [node.name, ...node.outputs.map((index) => tensors[index]?.name ?? "")];
}

/** `*` is any text, `?` any one character, everything else itself. */
function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "su");
}
