import { type DType, ELEMENT_BYTES, QUANTIZED_RANGE, type TypedData } from "../core/dtype.js";
import { ShapeError } from "../core/errors.js";
import type { Preprocessing, Tensor } from "../core/model.js";
import { type QuantizationParams, scaleOf } from "../core/quantization.js";
import { elementCount, formatShape, type Shape } from "../core/shape.js";

/** A model input or output, as users see it. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly byteLength: number;
  /** real = scale · (q − zeroPoint); absent for float32 and integers without a scale. */
  readonly quantization?: QuantizationParams;
  /** How pixels become real values, where the model says so. */
  readonly preprocessing?: Preprocessing;
}

/** A view of the model's own memory: reading and writing it needs no copy, and every run sees it. */
export interface TensorView extends TensorInfo {
  readonly data: TypedData;
}

export function describeTensor(tensor: Tensor, preprocessing?: Preprocessing): TensorInfo {
  const { name, dtype, shape, quantization } = tensor;
  return {
    name,
    dtype,
    shape,
    byteLength: elementCount(shape) * ELEMENT_BYTES[dtype],
    ...(quantization && { quantization }),
    ...(preprocessing && { preprocessing }),
  };
}

/**
 * Writes real values into `view`: q = clamp(zeroPoint + round(value / scale)), ties to even, for quantized tensors.
 * Uint8 arrays given to an input with preprocessing are pixels: real = (pixel − mean[c]) · scale[c], with the channel
 * order of the picture (RGB) turned into the model's.
 */
export function writeReal(view: TensorView, values: ArrayLike<number>): void {
  const { data, dtype, quantization, preprocessing } = view;
  if (values.length !== data.length) {
    throw new ShapeError(
      `input "${view.name}" takes ${data.length} values, shape ${formatShape(view.shape)}; it was given ${values.length}`,
    );
  }
  const isPixels = values instanceof Uint8Array || values instanceof Uint8ClampedArray;
  const real = isPixels && preprocessing ? normalize(values, view.shape, preprocessing) : values;
  if (data instanceof BigInt64Array) {
    for (let i = 0; i < data.length; i++) data[i] = BigInt(Math.round(real[i] as number));
    return;
  }
  if (quantization === undefined) {
    data.set(real);
    return;
  }
  const inverse = Math.fround(1 / scaleOf(quantization));
  const [low, high] = QUANTIZED_RANGE[dtype] as readonly [number, number];
  for (let i = 0; i < data.length; i++) {
    // NaN is real 0, as it is for quantize.
    const steps = roundHalfEven(Math.fround(Math.fround(real[i] as number) * inverse)) || 0;
    const q = steps + quantization.zeroPoint;
    data[i] = q > low ? Math.min(q, high) : low;
  }
}

/** Real values of `view`: scale · (q − zeroPoint) for quantized tensors, numbers otherwise. */
export function readReal({ data, quantization }: TensorView): Float32Array {
  const real = new Float32Array(data.length);
  const { scale, zeroPoint } = quantization
    ? { scale: scaleOf(quantization), zeroPoint: quantization.zeroPoint }
    : UNSCALED;
  for (let i = 0; i < real.length; i++) real[i] = (Number(data[i]) - zeroPoint) * scale;
  return real;
}

const UNSCALED = { scale: 1, zeroPoint: 0 };

function normalize(pixels: ArrayLike<number>, shape: Shape, preprocessing: Preprocessing): Float32Array {
  const { mean, scale, channelOrder, layout } = preprocessing;
  const isPlanar = layout === "nchw";
  const channels = (isPlanar ? shape[1] : shape[shape.length - 1]) as number;
  const plane = isPlanar ? (shape[2] as number) * (shape[3] as number) : 1;
  const real = new Float32Array(pixels.length);
  for (let i = 0; i < real.length; i++) {
    const c = Math.floor(i / plane) % channels;
    const source = channelOrder === "bgr" ? i + (channels - 1 - 2 * c) * plane : i;
    real[i] = ((pixels[source] as number) - (mean[c % mean.length] as number)) * (scale[c % scale.length] as number);
  }
  return real;
}

function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
