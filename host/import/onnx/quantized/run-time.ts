import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { type Layout, plain } from "../../common/layout.js";
import type { Call } from "../call.js";
import { isByte, RAW, type Value } from "../value.js";

const PLAIN = { activation: "none", unsigned: false } as const;
const BYTES = { type: "UINT8", quantization: RAW } as const;

/** Products of this many bytes at most add up to less than 2^24, which float32 holds exactly. */
const EXACT_DEPTH = 258;

/** Float32 tensors: what an input's values become, and the scale and zero point they are in units of. */
interface Quantized {
  /** 0 to 255. */
  readonly steps: number;
  readonly scale: number;
  readonly point: number;
}

/** DynamicQuantizeLinear by itself: its scale and zero point are values like others, and its result has none. */
export function dynamicQuantizeLinear(call: Call): void {
  const { layout } = call.value(0);
  const { steps, scale, point } = quantizedNow(call, "", call.tensor(0, layout));
  call.emitAs(BYTES, "quantize", [steps], {}, layout);
  if (call.outputs[1] === true) call.result(call.helper("reshape", "y_scale", [scale], { shape: [] }), [], 1);
  if (call.outputs[2] === true) call.emitAs(BYTES, "quantize", [point], {}, [], 2);
}

/** ONNX's formula, each step rounded to float32. */
function quantizedNow(call: Call, prefix: string, x: number): Quantized {
  const axes = call.graphShape(x).map((_, g) => g);
  const write = (op: string, name: string, inputs: readonly number[], attributes = {}) =>
    call.helper(op, `${prefix}${name}`, inputs, attributes);
  const number = (name: string, n: number) =>
    call.parameter(`${prefix}${name}`, { type: "FLOAT", shape: [], data: Float32Array.of(n) });
  const zero = number("zero", 0);
  const extreme = (name: "min" | "max") =>
    axes.length === 0 ? x : write("reduce", name, [x], { function: name, axes, keepDims: false });
  const low = write("minimum", "low", [extreme("min"), zero]);
  const high = write("maximum", "high", [extreme("max"), zero]);
  const range = write("sub", "range", [high, low], PLAIN);
  // The scale of nothing but zeros is 1: 1 − sign(range) is added.
  const isEmpty = write(
    "sub",
    "empty",
    [number("one", 1), write("unary", "sign", [range], { function: "sign" })],
    PLAIN,
  );
  const step = write("div", "step", [range, number("most", 255)], { activation: "none" });
  const scale = write("add", "scale", [step, isEmpty], PLAIN);
  const rounded = (name: string, a: number) =>
    write("unary", `${name}_whole`, [write("div", `${name}_steps`, [a, scale], { activation: "none" })], {
      function: "round",
    });
  const offset = write("sub", "offset", [zero, rounded("low", low)], PLAIN);
  const point = write("clip", "point", [offset], { min: 0, max: 255 });
  const moved = write("add", "moved", [rounded("x", x), point], PLAIN);
  return { steps: write("clip", "clipped", [moved], { min: 0, max: 255 }), scale, point };
}

/**
 * A product of matrices whose zero points are known at run time only. Inputs: both matrices, zero points, scales, a bias;
 * the first one's are absent where it is float32 still. Integers are computed in float32, as far as that is exact.
 */
export function runTimeMatMul(call: Call): void {
  const [a, b] = [call.value(0), call.value(1)];
  const depth = a.shape.at(-1);
  if (a.rank < 2 || b.rank < 2 || depth !== b.shape.at(-2)) {
    throw new ShapeError(`it multiplies ${a.shape.join("×")} and ${b.shape.join("×")}`);
  }
  if ((depth as number) > EXACT_DEPTH) {
    throw new UnsupportedOpError(
      "run-time-quantization",
      `both its matrices are quantized at run time and it adds up ${depth} products; up to ${EXACT_DEPTH} are supported`,
    );
  }
  const layout = plain(Math.max(a.rank, b.rank));
  const own = isByte(a.type) ? undefined : quantizedNow(call, "a/", call.tensor(0, plain(a.rank)));
  const left = own === undefined ? centred(call, 0, 2) : call.helper("sub", "a/centred", [own.steps, own.point], PLAIN);
  const attributes = { transposeA: false, transposeB: false };
  const sums = call.helper("batch_matmul", "sums", [left, centred(call, 1, 3)], attributes);
  if (call.target.type === "INT32") {
    call.emitAs({ type: "INT32" }, "cast", [sums], {}, layout);
    return;
  }
  const scaleA = own === undefined ? call.tensor(4, plain(call.value(4).rank)) : own.scale;
  const scale = call.helper("mul", "scale", [scaleA, call.tensor(5, plain(call.value(5).rank))], PLAIN);
  if (!call.has(6)) {
    call.emitAs({ type: "FLOAT" }, "mul", [sums, scale], PLAIN, layout);
    return;
  }
  const product = call.helper("mul", "product", [sums, scale], PLAIN);
  call.emitAs({ type: "FLOAT" }, "add", [product, call.tensor(6, plain(call.value(6).rank))], PLAIN, layout);
}

/** Input `i` minus its zero point, input `at`, in float32. */
function centred(call: Call, i: number, at: number): number {
  const numbers = floats(call, call.value(i), `${i}/numbers`);
  if (!call.has(at)) return numbers;
  return call.helper("sub", `${i}/centred`, [numbers, floats(call, call.value(at), `${at}/numbers`)], PLAIN);
}

function floats(call: Call, value: Value, suffix: string): number {
  const layout: Layout = plain(value.rank);
  if (value.isConstant) return call.parameter(suffix, { ...value.constant!, type: "FLOAT" });
  if (!isByte(value.type) || (value.quantization ?? RAW).scale[0] !== 1 || value.quantization?.zeroPoint[0] !== 0) {
    throw new UnsupportedOpError("run-time-quantization", `${value.label} is no number of 8 bits by itself`);
  }
  return call.helper("dequantize", suffix, [call.tensorOf(value, layout)], {}, { dtype: "float32" });
}
