import { elementsOf } from "../core/dtype.js";
import type { ModelData, Node, Tensor } from "../core/model.js";
import { privateTensors, readers } from "../graph/edit.js";
import { producers, rewrite } from "../graph/rewrite.js";

/**
 * Makes one gelu of x · (1 + erf(x / √2)) / 2, which is how exporters write it before ONNX has a Gelu; the factors may
 * stand in any order. Where 1 + erf cancels, gelu keeps digits that the long form loses: floats differ by rounding.
 */
export function fuseGelu(model: ModelData): ModelData {
  const view = new Matcher(model);
  const drop = new Set<Node>();
  const change = new Map<Node, Node>();
  for (const erf of model.nodes) {
    const found = erf.op === "unary" && erf.attributes["function"] === "erf" ? view.gelu(erf) : undefined;
    if (found === undefined) continue;
    const { x, last, others } = found;
    change.set(last, { ...last, op: "unary", inputs: [x], attributes: { function: "gelu" } });
    for (const node of others) drop.add(node);
  }
  return change.size === 0 ? model : rewrite(model, { drop, change });
}

interface Found {
  readonly x: number;
  /** The node whose output is the result. */
  readonly last: Node;
  readonly others: readonly Node[];
}

class Matcher {
  readonly #model: ModelData;
  readonly #makers: ReadonlyMap<number, Node>;
  readonly #readers: ReadonlyMap<number, readonly Node[]>;
  readonly #own: ReadonlySet<number>;

  constructor(model: ModelData) {
    this.#model = model;
    this.#makers = producers(model);
    this.#readers = readers(model);
    this.#own = privateTensors(model);
  }

  gelu(erf: Node): Found | undefined {
    const scaled = this.#own.has(erf.inputs[0] as number) ? this.#makers.get(erf.inputs[0] as number) : undefined;
    const x = scaled && this.#unscaled(scaled);
    const sum = this.#onlyReader(erf);
    if (x === undefined || scaled === undefined || sum?.op !== "add" || this.#other(sum, erf, 1) === undefined) return;
    // What is left is · x and · 0.5, one after the other, or · (x · 0.5).
    const product = this.#onlyReader(sum);
    if (product?.op !== "mul") return;
    const factor = product.inputs.find((index) => index !== sum.outputs[0]) as number;
    const half = this.#own.has(factor) ? this.#makers.get(factor) : undefined;
    if (half?.op === "mul" && this.#isBy(half, x, 0.5) && this.#isPlain([scaled, erf, sum, half, product])) {
      return { x, last: product, others: [scaled, erf, sum, half] };
    }
    const last = this.#onlyReader(product);
    const isGelu =
      last?.op === "mul" &&
      ((factor === x && this.#other(last, product, 0.5) !== undefined) ||
        (this.#isNumber(factor, 0.5) && last.inputs.includes(x)));
    if (!isGelu || !this.#isPlain([scaled, erf, sum, product, last])) return;
    return { x, last, others: [scaled, erf, sum, product] };
  }

  /** x of x / √2 or x · (1 / √2). */
  #unscaled({ op, inputs }: Node): number | undefined {
    const [a, b] = inputs as [number, number];
    if (op === "div") return this.#isNumber(b, Math.SQRT2) ? a : undefined;
    if (op !== "mul") return undefined;
    return this.#isNumber(b, Math.SQRT1_2) ? a : this.#isNumber(a, Math.SQRT1_2) ? b : undefined;
  }

  #isBy({ inputs }: Node, x: number, value: number): boolean {
    const [a, b] = inputs as [number, number];
    return (a === x && this.#isNumber(b, value)) || (b === x && this.#isNumber(a, value));
  }

  /** The other operand of `node` than the output of `from`, if that is the number `value`. */
  #other(node: Node, from: Node, value: number): number | undefined {
    const other = node.inputs.find((index) => index !== from.outputs[0]);
    return other !== undefined && this.#isNumber(other, value) ? other : undefined;
  }

  #onlyReader(node: Node): Node | undefined {
    const output = node.outputs[0] as number;
    return this.#own.has(output) ? this.#readers.get(output)?.[0] : undefined;
  }

  #isPlain(nodes: readonly Node[]): boolean {
    return nodes.every(({ attributes }) => (attributes["activation"] ?? "none") === "none");
  }

  /** A float constant of one element, up to how float32 rounds it. */
  #isNumber(index: number, value: number): boolean {
    const { dtype, shape, data } = this.#model.tensors[index] as Tensor;
    if (dtype !== "float32" || data?.byteLength !== 4 || shape.some((extent) => extent !== 1)) return false;
    return Math.abs((elementsOf(dtype, data)[0] as number) - value) <= 1e-6 * value;
  }
}
