import type { ModelData, Node, Tensor } from "../../core/model.js";

/** A graph with pools, and what was known of the one with means for its tensors and nodes too. */
export interface Pooled<T> {
  readonly graph: ModelData;
  readonly wanted: ReadonlySet<string>;
  readonly ranges: ReadonlyMap<string, T>;
}

/**
 * Means over whole pictures as average pools, which have an int16 form: the same function, for nodes named `asked`. 16 bits have
 * room for averages even with the scale of what they are averages of.
 */
export function meansToPools<T>(
  graph: ModelData,
  asked: ReadonlySet<string>,
  known: ReadonlyMap<string, T>,
): Pooled<T> {
  const tensors = [...graph.tensors];
  const [wanted, ranges] = [new Set(asked), new Map(known)];
  const names = new Set([...graph.tensors, ...graph.nodes].map(({ name }) => name));
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (!asked.has(node.name) || !isPictureMean(graph, node)) return [node];
    const [, height, width] = graph.tensors[node.inputs[0] as number]?.shape as readonly [number, number, number];
    const window = { filter: [height, width], stride: [1, 1], padding: [0, 0, 0, 0] };
    const pool: Node = {
      ...node,
      op: "average_pool2d",
      attributes: { ...window, activation: "none", unsigned: false },
    };
    if (node.attributes["keepDims"] === true) return [pool];
    const output = graph.tensors[node.outputs[0] as number] as Tensor;
    const [batch, channels] = output.shape as readonly [number, number];
    const pooled = { ...output, name: `${output.name}/pooled`, shape: [batch, 1, 1, channels] };
    const name = `${node.name}/reshape`;
    if (names.has(pooled.name) || names.has(name)) return [node];
    wanted.add(name);
    const range = known.get(output.name);
    if (range !== undefined) ranges.set(pooled.name, range);
    const index = tensors.push(pooled) - 1;
    const reshape: Node = {
      ...node,
      op: "reshape",
      name,
      inputs: [index],
      attributes: { shape: output.shape },
    };
    return [{ ...pool, outputs: [index] }, reshape];
  });
  return { graph: { ...graph, tensors, nodes }, wanted, ranges };
}

function isPictureMean({ tensors }: ModelData, { op, inputs, attributes }: Node): boolean {
  return op === "mean" && tensors[inputs[0] as number]?.shape.length === 4 && `${attributes["axes"]}` === "1,2";
}
