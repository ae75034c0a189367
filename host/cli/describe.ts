import type { Preprocessing, QuantizationParams, TensorInfo } from "../index.js";
import { formatReal, formatShape, plural } from "./format.js";

/** `int8 [1,32,32,3], 3072 bytes` */
export function describeType({ dtype, shape, byteLength }: Pick<TensorInfo, "dtype" | "shape" | "byteLength">): string {
  return `${dtype} ${formatShape(shape)}, ${plural(byteLength, "byte")}`;
}

/** `real = 0.003922 · (q + 128)`; what integers without a scale and floats stand for needs no words. */
export function describeQuantization(quantization: QuantizationParams | undefined): string {
  if (quantization === undefined) return "real values as they are";
  const { scale, zeroPoint } = quantization;
  const q = zeroPoint === 0 ? "q" : `(q ${zeroPoint < 0 ? "+" : "−"} ${Math.abs(zeroPoint)})`;
  return `real = ${formatReal(scale[0] as number)} · ${q}`;
}

/** `real = (pixel − 127.5) · 0.007843; channels red, green, blue; axes NHWC` */
export function describePreprocessing({ mean, scale, channelOrder, layout }: Preprocessing): string {
  const channels = { rgb: "red, green, blue", bgr: "blue, green, red", gray: "gray only" }[channelOrder];
  const pixel = mean.every((value) => value === 0) ? "pixel" : `(pixel − ${list(mean)})`;
  const factor = scale.every((value) => value === 1) ? "" : ` · ${list(scale)}`;
  return `real = ${pixel}${factor}; channels ${channels}; axes ${layout.toUpperCase()}`;
}

/** One number for all channels, or one each. */
function list(values: readonly number[]): string {
  const texts = values.map(formatReal);
  return values.length === 1 ? `${texts[0]}` : `[${texts.join(", ")}]`;
}
