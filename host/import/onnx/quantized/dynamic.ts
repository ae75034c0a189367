import type { FileNode } from "../file.js";
import { DYNAMIC_CONV } from "./spellings.js";

const MATMUL = "com.microsoft.DynamicQuantizeMatMul";
const TO_FLOAT = "com.microsoft.MatMulIntegerToFloat";
const FLOAT = 1;

/**
 * Joins what quantizes activations while the model runs. Exporters write six operators for one product: the
 * DynamicQuantizeLinear of the input; a MatMulInteger or ConvInteger; a Cast of its sums; the product of both scales;
 * and a Mul of the two. They become DynamicQuantizeMatMul, ONNX Runtime's operator for that, or its like for convolutions.
 */
export function joinDynamic(nodes: readonly FileNode[], outputs: readonly string[]): readonly FileNode[] {
  if (!nodes.some(({ kind }) => kind === "DynamicQuantizeLinear")) return nodes;
  const graph = new Edges(nodes, outputs);
  const joined = new Map<FileNode, FileNode>();
  const gone = new Set<FileNode>();
  for (const node of nodes) {
    const found = node.kind === TO_FLOAT ? graph.product(node) : graph.pattern(node);
    if (found === undefined) continue;
    joined.set(node, found.node);
    for (const other of found.gone) gone.add(other);
  }
  const rest = nodes.filter((node) => !gone.has(node)).map((node) => joined.get(node) ?? node);
  return needed(rest, outputs);
}

interface Found {
  readonly node: FileNode;
  readonly gone: readonly FileNode[];
}

class Edges {
  readonly #producers = new Map<string, FileNode>();
  readonly #readers = new Map<string, FileNode[]>();
  readonly #outputs: ReadonlySet<string>;

  constructor(nodes: readonly FileNode[], outputs: readonly string[]) {
    for (const node of nodes) {
      for (const name of node.outputs) this.#producers.set(name, node);
      for (const name of node.inputs) this.#readers.set(name, [...(this.#readers.get(name) ?? []).slice(0, 1), node]);
    }
    this.#outputs = new Set(outputs);
  }

  /** MatMulIntegerToFloat of what a DynamicQuantizeLinear made. */
  product(node: FileNode): Found | undefined {
    const [a, b = "", scaleA, scaleB = "", pointA, pointB = "", bias = ""] = node.inputs;
    const source = this.#dynamic(a);
    const isWhole = scaleA === source?.outputs[1] && pointA === source?.outputs[2];
    if (source === undefined || !isWhole || this.#dynamic(b) !== undefined) return undefined;
    return { node: { ...node, kind: MATMUL, inputs: [source.inputs[0] ?? "", b, scaleB, pointB, bias] }, gone: [] };
  }

  /** MatMulInteger or ConvInteger, Cast, Mul. */
  pattern(node: FileNode): Found | undefined {
    if (node.kind !== "MatMulInteger" && node.kind !== "ConvInteger") return undefined;
    const [data, weights = "", pointA, pointB = ""] = node.inputs;
    const source = this.#dynamic(data);
    if (source === undefined || pointA !== source.outputs[2] || this.#dynamic(weights) !== undefined) return undefined;
    const cast = this.#only(node.outputs[0], "Cast");
    const mul = cast && this.#only(cast.outputs[0], "Mul");
    if (cast === undefined || mul === undefined || cast.attributes.int("to", 0) !== FLOAT) return undefined;
    const scales = this.#producers.get(mul.inputs.find((name) => name !== cast.outputs[0]) ?? "");
    const own = scales?.inputs.find((name) => name !== source.outputs[1]);
    if (scales?.kind !== "Mul" || own === undefined || !scales.inputs.includes(source.outputs[1] ?? ""))
      return undefined;
    const kind = node.kind === "MatMulInteger" ? MATMUL : DYNAMIC_CONV;
    const inputs = [source.inputs[0] ?? "", weights, own, pointB];
    return { node: { ...node, kind, inputs, outputs: mul.outputs }, gone: [cast, mul] };
  }

  #dynamic(name: string | undefined): FileNode | undefined {
    const node = this.#producers.get(name ?? "");
    return node?.kind === "DynamicQuantizeLinear" && node.outputs[0] === name ? node : undefined;
  }

  /** The one reader of a value, if it is of a kind and nobody else sees the value. */
  #only(name: string | undefined, kind: string): FileNode | undefined {
    const readers = this.#readers.get(name ?? "") ?? [];
    return readers.length === 1 && readers[0]?.kind === kind && !this.#outputs.has(name ?? "") ? readers[0] : undefined;
  }
}

/** Operators that something still reads from; `nodes` are in execution order. */
function needed(nodes: readonly FileNode[], outputs: readonly string[]): readonly FileNode[] {
  const read = new Set(outputs);
  return nodes
    .toReversed()
    .filter((node) => {
      const isLive = node.outputs.some((name) => name !== "" && read.has(name));
      if (isLive) for (const name of node.inputs) read.add(name);
      return isLive;
    })
    .reverse();
}
