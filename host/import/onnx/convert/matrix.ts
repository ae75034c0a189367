import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { formatShape, type Shape } from "../../../core/shape.js";
import { aligned, plain, transposed, withLast } from "../../common/layout.js";
import type { Call } from "../call.js";
import type { Constant } from "../constant.js";
import type { ElementType } from "../graph-writer.js";
import { emitProduct } from "../quantized/product.js";
import type { Value } from "../value.js";
import { rearranged } from "./conv.js";

const PLAIN = { activation: "none", unsigned: false } as const;

/** Gemm: alpha · A·B + beta · C, A or B transposed at will; B is the weights. */
export function gemm(call: Call): void {
  const [a, b] = [call.value(0), call.constant(1, "weights")];
  if (a.rank !== 2 || b.shape.length !== 2) {
    throw new ShapeError(`it multiplies ${formatShape(a.shape)} and ${formatShape(b.shape)}; both must be matrices`);
  }
  const alpha = call.attributes.float("alpha", 1);
  const beta = call.attributes.float("beta", 1);
  const flipA = call.attributes.int("transA", 0) === 1;
  const rows = call.attributes.int("transB", 0) === 1 ? b : rearranged(b, b.shape, [1, 0], [...b.shape].reverse());
  const [outC, inC] = rows.shape as [number, number];
  const depth = a.shape[flipA ? 0 : 1];
  if (depth !== inC) {
    throw new ShapeError(
      `it multiplies rows of ${depth} with columns of ${inC}: ${formatShape(a.shape)}, ${formatShape(b.shape)}`,
    );
  }
  const input = call.tensor(0, flipA ? [1, 0] : [0, 1]);
  if (call.isQuantized) {
    if (alpha !== 1) throw new UnsupportedOpError("alpha", `its alpha ${alpha} multiplies a product of integers`);
    if (beta !== 1 && call.has(2))
      throw new UnsupportedOpError("beta", `its beta ${beta} multiplies a bias of integers`);
    emitProduct(call, "fully_connected", [input, call.weights(1, rows, 0)], PLAIN, [0, 1]);
    return;
  }
  const inputs = [input, alpha === 1 ? call.weights(1, rows, 0) : call.parameter("weights", scaled(rows, alpha))];
  const bias = call.has(2) ? call.value(2) : undefined;
  if (bias?.constant !== undefined && isPerColumn(bias.constant, outC)) {
    call.emit(
      "fully_connected",
      [...inputs, call.parameter("bias", perColumn(bias.constant, outC, beta))],
      PLAIN,
      [0, 1],
    );
    return;
  }
  if (bias === undefined || beta === 0) {
    call.emit("fully_connected", inputs, PLAIN, [0, 1]);
    return;
  }
  if (bias.constant === undefined && beta !== 1) {
    throw new UnsupportedOpError("beta", `its beta ${beta} multiplies a bias that is computed at run time`);
  }
  const product = call.helper("fully_connected", "product", inputs, PLAIN);
  const addend =
    bias.constant === undefined
      ? call.tensorOf(bias, aligned([0, 1], bias.rank))
      : call.parameter("bias", scaled(bias.constant, beta));
  call.emit("add", [product, addend], PLAIN, [0, 1]);
}

function isPerColumn({ shape, data }: Constant, columns: number): boolean {
  return (data.length === 1 || data.length === columns) && shape.slice(0, -1).every((d) => d === 1);
}

function perColumn({ type, data }: Constant, columns: number, factor: number): Constant {
  const values = Float32Array.from({ length: columns }, (_, i) =>
    Math.fround((data[data.length === 1 ? 0 : i] as number) * factor),
  );
  return { type, shape: [columns], data: values };
}

function scaled(constant: Constant, factor: number): Constant {
  if (factor === 1) return constant;
  return { ...constant, data: Float32Array.from(constant.data, (x) => x * factor) };
}

/**
 * MatMul with one constant factor. Rows of the other one may stand in any order, so all its layout has to do is end
 * with the axis that is summed up.
 */
export function matMul(call: Call): void {
  const [a, b] = [call.value(0), call.value(1)];
  if (b.isConstant && b.rank <= 2) {
    const { shape } = b;
    const [inC, outC] = [shape[0] as number, shape[1] ?? 1];
    requireDepth(a, a.shape.at(-1), b, inC);
    const weights = rearranged(call.constant(1, "weights"), [inC, outC], [1, 0], [outC, inC]);
    product(call, a, a.rank - 1, weights, b.rank === 1);
    return;
  }
  if (a.isConstant && a.rank === 2 && b.rank === 2) {
    requireDepth(a, a.shape[1], b, b.shape[0]);
    // (A·B)ᵀ = Bᵀ·Aᵀ: columns of B are the rows that are multiplied with the rows of A.
    const layout = withLast(b.layout, 0);
    const inputs = [call.tensorOf(b, layout), call.weights(0, call.constant(0, "weights"), 0)];
    emitProduct(call, "fully_connected", inputs, PLAIN, transposed(layout, [0, 1]));
    return;
  }
  batches(call, a, b);
}

/** Both factors are computed, or one is a constant of more axes. Axes in front of the matrices broadcast. */
function batches(call: Call, a: Value, b: Value): void {
  requireDepth(a, a.shape.at(-1), b, b.shape.at(b.rank === 1 ? 0 : -2));
  const left = factor(call, a, [1, a.shape.at(-1) as number]);
  const right = factor(call, b, [b.shape[0] as number, 1]);
  const inputs = [left.tensor, right.tensor];
  const attributes = { transposeA: left.isTransposed, transposeB: right.isTransposed };
  if (a.rank > 1 && b.rank > 1) {
    emitProduct(call, "batch_matmul", inputs, attributes, plain(Math.max(a.rank, b.rank)));
    return;
  }
  const product = call.helper("batch_matmul", "product", inputs, attributes, vectorType(call));
  const shape = [...call.graphShape(product)];
  if (b.rank === 1) shape.pop();
  if (a.rank === 1) shape.splice(b.rank === 1 ? -1 : -2, 1);
  call.emit("reshape", [product], { shape }, plain(shape.length));
}

/** A vector as the matrix it stands for; a matrix in rows, or in columns if it is there in that order. */
function factor(call: Call, value: Value, matrix: Shape): { tensor: number; isTransposed: boolean } {
  const order = plain(value.rank);
  if (value.rank === 1) {
    const tensor = call.helper("reshape", `${value.name}/matrix`, [call.tensorOf(value, order)], { shape: matrix });
    return { tensor, isTransposed: false };
  }
  const columns = [...order.slice(0, -2), value.rank - 1, value.rank - 2];
  const isTransposed = value.forms.length > 0 && value.forms.every(({ layout }) => `${layout}` === `${columns}`);
  return { tensor: call.tensorOf(value, isTransposed ? columns : order), isTransposed };
}

function product(call: Call, a: Value, axis: number, weights: Constant, dropsColumn: boolean): void {
  const layout = withLast(a.layout, axis);
  const inputs = [call.tensorOf(a, layout), call.weights(1, weights, 0)];
  if (!dropsColumn) {
    emitProduct(call, "fully_connected", inputs, PLAIN, layout);
    return;
  }
  const column = call.helper("fully_connected", "product", inputs, PLAIN, vectorType(call));
  const shape = call.graphShape(column).slice(0, -1);
  call.emit("reshape", [column], { shape }, layout.slice(0, -1));
}

/** The type of a product with a vector, which a reshape follows. */
function vectorType(call: Call): ElementType {
  if (call.has(2) || (call.isQuantized && call.target.type === "FLOAT")) {
    throw new UnsupportedOpError("vector", "it multiplies integers and a vector, and makes float32 of that");
  }
  return call.targetType();
}

function requireDepth(a: Value, depthA: number | undefined, b: Value, depthB: number | undefined): void {
  if (depthA === depthB && depthA !== undefined) return;
  throw new ShapeError(
    `it multiplies rows of ${depthA} with columns of ${depthB}: ${formatShape(a.shape)}, ${formatShape(b.shape)}`,
  );
}
