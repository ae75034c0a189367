import type { DType } from "../core/dtype.js";
import type {
  Attributes,
  AttributeValue,
  ModelData,
  Node,
  Numerics,
  Preprocessing,
  Tensor,
  TensorType,
} from "../core/model.js";
import { attributeName } from "../core/op.js";
import type { QuantizationParams } from "../core/quantization.js";
import { findOp } from "../ops/index.js";
import { checkTensor } from "./check-tensor.js";
import { verifyGraph } from "./verify.js";
import { checkOutputs, inferNode } from "./verify-node.js";

/** An output of a node to be: its shape comes from inference. */
export interface OutputType {
  readonly name: string;
  readonly dtype: DType;
  readonly quantization?: QuantizationParams | undefined;
}

/** What `GraphBuilder.node` needs to add a node. */
export interface NodeSpec {
  readonly op: string;
  readonly name: string;
  readonly numerics: Numerics;
  /** Tensor indices; −1 where an optional input is absent. */
  readonly inputs: readonly number[];
  readonly attributes: Attributes;
  readonly outputs: readonly OutputType[];
}

/**
 * Collects a graph in execution order and hands out tensor indices. Each node is checked when it is added, so a
 * caller knows which of its operators a refusal is about. Names are made unique: a second "x" becomes "x_2".
 */
export class GraphBuilder {
  readonly #head: Pick<ModelData, "name" | "description" | "numerics">;
  readonly #tensors: Tensor[] = [];
  readonly #nodes: Node[] = [];
  readonly #inputs: number[] = [];
  readonly #outputs: number[] = [];
  readonly #preprocessing: (Preprocessing | undefined)[] = [];
  readonly #tensorNames = new UniqueNames();
  readonly #nodeNames = new UniqueNames();

  constructor(head: Pick<ModelData, "name" | "description" | "numerics">) {
    this.#head = head;
  }

  tensor(index: number): Tensor {
    return this.#tensors[index] as Tensor;
  }

  /** How many nodes there are so far; those to come follow them in the graph. */
  get nodeCount(): number {
    return this.#nodes.length;
  }

  /** Adds a model input. */
  input(type: TensorType, preprocessing?: Preprocessing): number {
    const index = this.#add(type);
    this.#inputs.push(index);
    this.#preprocessing.push(preprocessing);
    return index;
  }

  /** Adds a constant; `data` is little-endian, C order, and not copied. */
  constant(type: TensorType, data: Uint8Array): number {
    return this.#add({ ...type, data });
  }

  /**
   * Adds a node and its outputs, whose shapes are inferred; returns their indices.
   *
   * @throws QbinError naming the node when its inputs, attributes, types or quantization do not fit
   */
  node(spec: NodeSpec): number[] {
    const inputs = spec.inputs.map((i) => (i === -1 ? undefined : this.tensor(i)));
    const view = { ...spec, inputs };
    const shapes = inferNode(view);
    const outputs = spec.outputs.map(({ name, dtype, quantization }, i): TensorType => {
      const type = { name, dtype, shape: shapes[i] ?? [] };
      return quantization === undefined ? type : { ...type, quantization };
    });
    checkOutputs(view, shapes, outputs);
    const indices = outputs.map((output) => this.#add(output));
    const { op, numerics } = spec;
    const attributes = inDeclaredOrder(op, spec.attributes);
    const name = this.#nodeNames.claim(spec.name);
    this.#nodes.push({ op, name, inputs: [...spec.inputs], outputs: indices, attributes, numerics });
    return indices;
  }

  /** Marks a tensor as the model's next output. */
  output(index: number): void {
    this.#outputs.push(index);
  }

  /** The finished graph, verified. */
  build(): ModelData {
    return verifyGraph({
      ...this.#head,
      tensors: this.#tensors,
      nodes: this.#nodes,
      inputs: this.#inputs,
      outputs: this.#outputs,
      labels: [],
      preprocessing: this.#preprocessing,
    });
  }

  #add(tensor: Tensor): number {
    checkTensor(tensor);
    this.#tensors.push({ ...tensor, name: this.#tensorNames.claim(tensor.name) });
    return this.#tensors.length - 1;
  }
}

/** Attributes have one order, the declaration's, so that equal graphs have equal files. */
function inDeclaredOrder(op: string, attributes: Attributes): Attributes {
  const names = Object.keys(findOp(op)?.attributes ?? {})
    .map(attributeName)
    .filter((name) => Object.hasOwn(attributes, name));
  return Object.fromEntries(names.map((name) => [name, attributes[name] as AttributeValue]));
}

/** Hands out each name once; later claims of the same name get the first free "_2", "_3", …. */
class UniqueNames {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  claim(wanted: string): string {
    let name = wanted;
    let n = this.#next.get(wanted) ?? 2;
    while (this.#taken.has(name)) name = `${wanted}_${n++}`;
    this.#next.set(wanted, n);
    this.#taken.add(name);
    return name;
  }
}
