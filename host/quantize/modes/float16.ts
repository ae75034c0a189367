import type { ModelData } from "../../core/model.js";
import type { ModeResult } from "./mode.js";
import { notFinite, storeWeights } from "./store-weights.js";

const LARGEST = 65504;

/**
 * Stores weights as float16, rounded to nearest, ties to even: half the size, 11 significant bits. Nodes stay as they were, and
 * are reported, where a weight is larger than 65504.
 */
export function float16(graph: ModelData, wanted: ReadonlySet<string>): ModeResult {
  return storeWeights(graph, wanted, ({ values }) => {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const obstacle =
      notFinite(values) ?? (largest > LARGEST ? `its largest weight, ${largest}, exceeds float16` : undefined);
    if (obstacle !== undefined) return obstacle;
    const data = new Uint8Array(2 * values.length);
    const view = new DataView(data.buffer);
    values.forEach((value, i) => {
      view.setUint16(2 * i, toFloat16(value), true);
    });
    return { dtype: "float16", data };
  });
}

/** The float16 nearest to a float32 of at most 65504. */
export function toFloat16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 112;
  // Below 2^-14 the mantissa, with its leading 1, moves right instead of the exponent going down.
  const shift = exponent > 0 ? 13 : Math.min(14 - exponent, 31);
  const mantissa = exponent > 0 ? bits & 0x7fffffff : (bits & 0x7fffff) | 0x800000;
  const half = 2 ** (shift - 1);
  const kept = Math.floor(mantissa / 2 ** shift);
  const rest = mantissa - kept * 2 ** shift;
  const rounded = rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept;
  return sign | (exponent > 0 ? rounded - (112 << 10) : rounded);
}
