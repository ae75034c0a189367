import type { Preprocessing, QuantizationParams } from "../index.js";
import { formatReal } from "./format.js";

/** What an input is: its element type, and how its values come about. */
export interface InputKind {
  readonly dtype: string;
  readonly quantization?: QuantizationParams | undefined;
  readonly preprocessing?: Preprocessing | undefined;
}

const ORDERS = { rgb: "red, green, blue", bgr: "blue, green, red", gray: "" };

/**
 * What a caller does to fill an input, in words: "pixel / 127.5 − 1, then int8 with scale 0.007843 and zero point −1: pixel − 128".
 * Without preprocessing in the file it is the value that gets quantized, whatever that is.
 */
export function inputFormula({ dtype, quantization, preprocessing }: InputKind): string {
  const value = preprocessing ? pixelFormula(preprocessing) : "value";
  const order = preprocessing && ORDERS[preprocessing.channelOrder];
  const real = order ? `${value} (channels ${order})` : value;
  if (quantization === undefined) return preprocessing ? `${real}, as ${dtype}` : `the ${real} itself, as ${dtype}`;
  const { scale, zeroPoint } = quantization;
  const stored = `${real}, then ${dtype} with scale ${formatReal(scale[0] as number)} and zero point ${signed(zeroPoint)}`;
  const shift = preprocessing && pixelShift(preprocessing, scale[0] as number, zeroPoint);
  if (shift === undefined) return stored;
  return `${stored}: ${shift === 0 ? "the pixel itself" : `pixel ${plusOrMinus(shift)}`}`;
}

/** (pixel − mean) · scale in the shortest of its forms. */
function pixelFormula({ mean, scale }: Preprocessing): string {
  if (mean.length > 1 || scale.length > 1) {
    const [m, s] = [mean, scale].map((list) =>
      list.length === 1 ? short(list[0]!) : `[${list.map(short).join(", ")}]`,
    );
    return `(pixel − ${m}) · ${s}`;
  }
  const [m, s] = [mean[0] as number, scale[0] as number];
  const inverse = 1 / s;
  const divides = short(inverse).length < short(s).length;
  const scaled = (pixel: string) =>
    s === 1 ? pixel : divides ? `${pixel} / ${short(inverse)}` : `${pixel} · ${short(s)}`;
  if (m === 0) return scaled("pixel");
  const offset = short(m * s);
  // "pixel / 127.5 − 1" is easier than "(pixel − 127.5) / 127.5", if the last number is a plain one.
  return s !== 1 && offset.length <= 3
    ? `${scaled("pixel")} ${plusOrMinus(-m * s)}`
    : scaled(`(pixel ${plusOrMinus(-m)})`);
}

/** The stored value minus the pixel, where that is the same for every pixel. */
function pixelShift({ mean, scale }: Preprocessing, step: number, zeroPoint: number): number | undefined {
  if (mean.length > 1 || scale.length > 1) return undefined;
  const shift = (pixel: number) => Math.round(((pixel - mean[0]!) * scale[0]!) / step) + zeroPoint - pixel;
  const first = shift(0);
  for (let pixel = 1; pixel < 256; pixel++) if (shift(pixel) !== first) return undefined;
  return first;
}

/** Six digits are as many as float32 has for certain. */
function short(value: number): string {
  return `${Number(value.toPrecision(6))}`.replace("-", "−");
}

function signed(value: number): string {
  return value < 0 ? `−${-value}` : `${value}`;
}

function plusOrMinus(value: number): string {
  return `${value < 0 ? "−" : "+"} ${short(Math.abs(value))}`;
}
