import { QuantizationError, UnsupportedOpError } from "../../core/errors.js";
import { clamp, roundHalfAway, roundHalfEven } from "../../core/rounding.js";
import { cleanName, quote } from "../common/text.js";
import type { FileLayer } from "./file.js";
import { type ElementType, type GraphWriter, REAL } from "./graph-writer.js";
import { type Grid, type Ties, Value } from "./value.js";

/**
 * Ristretto's dynamic fixed point. Its layers trim their input where it lies, their weights and biases, and their output,
 * each to integers of so many bits whose last is worth 2^−fl; everything in between, and every other layer, computes in
 * float32. Trimming saturates, then rounds to the nearest integer, ties to even (rint, on the GPU) or away from zero (round, on
 * the CPU).
 */
export interface Grids {
  readonly input: Grid;
  readonly parameters: Grid;
  readonly output: Grid;
}

/** Scales beyond 2^±60 may leave float32 when two of them are multiplied. */
const MOST_FRACTION = 60;
/** Ristretto's default, which float32 numbers pass nearly unchanged. */
const MOST_BITS = 32;

const grids = new WeakMap<FileLayer, Grids>();

/** The grids of one of Ristretto's layers, undefined for any other. */
export function gridsOf(layer: FileLayer): Grids | undefined {
  if (!layer.type.endsWith("Ristretto")) return undefined;
  const known = grids.get(layer) ?? readGrids(layer);
  grids.set(layer, known);
  return known;
}

function readGrids({ message }: FileLayer): Grids {
  const p = message.quantizationParam;
  const unknown = p.unknown[0];
  if (unknown !== undefined) {
    throw new UnsupportedOpError(
      "parameter",
      `its parameter ${quote(cleanName(unknown))} is not Ristretto's; another fork of Caffe computes otherwise`,
    );
  }
  const { precision = "DYNAMIC_FIXED_POINT", roundingScheme = "NEAREST" } = p;
  if (precision !== "DYNAMIC_FIXED_POINT") {
    throw new UnsupportedOpError("precision", `its precision is ${precision}; qbin takes DYNAMIC_FIXED_POINT`);
  }
  if (roundingScheme !== "NEAREST") {
    throw new UnsupportedOpError("rounding", `its rounding is ${roundingScheme}, which has no fixed result`);
  }
  return {
    input: gridOf("layer_in", p.bwLayerIn, p.flLayerIn),
    parameters: gridOf("params", p.bwParams, p.flParams),
    output: gridOf("layer_out", p.bwLayerOut, p.flLayerOut),
  };
}

function gridOf(role: string, bits = 32, fraction = 16): Grid {
  if (!Number.isInteger(bits) || bits < 2 || bits > MOST_BITS) {
    throw new QuantizationError(`its bw_${role} is ${bits}; it must be 2 to ${MOST_BITS}`);
  }
  if (!Number.isInteger(fraction) || Math.abs(fraction) > MOST_FRACTION) {
    throw new QuantizationError(`its fl_${role} is ${fraction}; it must be within ±${MOST_FRACTION}`);
  }
  return { bits, fraction };
}

/** The least and the largest real number of a grid. */
export function rangeOf({ bits, fraction }: Grid): { min: number; max: number } {
  return { min: -(2 ** (bits - 1 - fraction)), max: (2 ** (bits - 1) - 1) * 2 ** -fraction };
}

/** Whether every number of `inner` is one of `outer`, so that trimming changes nothing. */
function contains(outer: Grid, inner: Grid): boolean {
  const [o, i] = [rangeOf(outer), rangeOf(inner)];
  return outer.fraction >= inner.fraction && o.min <= i.min && o.max >= i.max;
}

/** How integers of a grid are stored. Wider ones than 16 bits are not. */
export function typeOf({ bits, fraction }: Grid): ElementType {
  return { dtype: bits <= 8 ? "int8" : "int16", quantization: { scale: [2 ** -fraction], zeroPoint: 0 } };
}

/** `value` on a grid. Numbers that lie on it already stay as they are; more than 16 bits are float32 numbers. */
export function trimmed(writer: GraphWriter, value: Value, grid: Grid): Value {
  if (value.grid !== undefined && contains(grid, value.grid)) return value;
  const { origin, layout } = value;
  const isEven = writer.ties === "even";
  if (value.grid === undefined && origin !== undefined && grid.bits <= 8 && isEven) {
    const whole = { bits: 8, fraction: grid.fraction };
    const tensor = origin.integers(whole, origin.activation);
    return trimmed(writer, new Value(value.name, value.shape, { layout: origin.layout, tensor }, whole), grid);
  }
  const name = `${value.name}/${grid.bits}bit`;
  const isFine = value.grid !== undefined && value.grid.fraction <= grid.fraction;
  if (value.grid !== undefined && value.grid.bits <= 8 && grid.bits <= 8 && (isEven || isFine)) {
    // A table of 256 entries, (62) of docs/quantization.md: it clamps, and rounds ties, of which there may be none, to even.
    const input = writer.tensor(value, layout);
    const tensor = writer.single("clip", name, [input], rangeOf(grid), typeOf(grid), "onnx");
    return new Value(value.name, value.shape, { layout, tensor }, grid);
  }
  const tensor = trimmedReal(writer, writer.tensor(writer.real(value), layout), grid, name);
  return new Value(value.name, value.shape, { layout, tensor }, stored(grid));
}

/** The grid if integers of it are stored, undefined if float32 numbers stand for them. */
export function stored(grid: Grid): Grid | undefined {
  return grid.bits > 16 ? undefined : grid;
}

/** Float32 numbers as integers of a grid, or as float32 numbers on it where `stored` says so. */
export function trimmedReal(writer: GraphWriter, input: number, grid: Grid, name: string): number {
  const isFull = grid.bits === 8 || grid.bits === 16;
  const inside = isFull ? input : writer.single("clip", `${name}/clip`, [input], rangeOf(grid), REAL);
  if (writer.ties === "away") {
    if (stored(grid) !== undefined) return writer.single("quantize", name, [inside], {}, typeOf(grid), "tflite");
    throw new UnsupportedOpError("ties", `it rounds ties of ${grid.bits} bits away from zero; up to 16 are taken`);
  }
  if (stored(grid) === undefined) return rounded(writer, inside, grid, name);
  // Quantizing to int16 would round ties away from zero.
  const numbers = grid.bits > 8 ? rounded(writer, inside, grid, name) : inside;
  return writer.single("quantize", name, [numbers], {}, typeOf(grid));
}

/** Numbers rounded to a grid, ties to even, still as float32. */
function rounded(writer: GraphWriter, input: number, { fraction }: Grid, name: string): number {
  const plain = { activation: "none", unsigned: false };
  const factor = (suffix: string, x: number) => writer.floats(`${name}/${suffix}`, [], Float32Array.of(x));
  const units = writer.single("mul", `${name}/units`, [input, factor("steps", 2 ** fraction)], plain, REAL);
  const whole = writer.single("unary", `${name}/round`, [units], { function: "round" }, REAL);
  return writer.single("mul", `${name}/rounded`, [whole, factor("step", 2 ** -fraction)], plain, REAL);
}

/** Trained numbers on a grid, in units of its last bit. */
export function trimmedNumbers(numbers: Float32Array, { bits, fraction }: Grid, ties: Ties, role: string): Int32Array {
  const round = ties === "even" ? roundHalfEven : roundHalfAway;
  const [low, high] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  const units = 2 ** fraction;
  const result = new Int32Array(numbers.length);
  // A loop: there may be tens of millions, of which `from` and `map` make lists.
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i] as number;
    if (Number.isNaN(x)) throw new QuantizationError(`its ${role} hold NaN, which has no fixed-point form`);
    result[i] = round(clamp(x * units, low, high));
  }
  return result;
}
