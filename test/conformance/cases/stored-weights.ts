/** float32 nodes whose weights are float16, int8 or 4 bits: codes, scales and groups, and what is unpacked at a time. */
import type { Tensor } from "../../../host/core/model.js";
import type { QuantizationParams } from "../../../host/core/quantization.js";
import { elementCount, type Shape } from "../../../host/core/shape.js";
import { type Case, Random } from "../case.js";
import { CONVOLUTIONS, convCase, DEPTHWISE, type Geometry, type MakeWeights, products } from "./float-conv.js";

const random = new Random(84);
const f = Math.fround;

/** Scales of different magnitude, as bfloat16 numbers: upper halves of float32. */
function scales(count: number): number[] {
  return Array.from({ length: count }, () => f(random.int(128, 255) * 2 ** random.int(-20, 3)));
}

function stored(dtype: Tensor["dtype"], shape: Shape, bytes: Uint8Array, quantization?: QuantizationParams): Tensor {
  return { name: "weights", dtype, shape, data: bytes, ...(quantization && { quantization }) };
}

function anyBytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => random.int(0, 255));
}

/** Every finite float16 value and sign of zero may come; `specials` also infinities and NaN. */
function float16(specials = false): MakeWeights {
  return (shape) => {
    const bytes = anyBytes(2 * elementCount(shape));
    const isSpecial = (i: number) => (bytes[i]! & 0x7c) === 0x7c;
    return stored(
      "float16",
      shape,
      specials ? bytes : bytes.map((byte, i) => (i % 2 === 1 && isSpecial(i) ? byte ^ 4 : byte)),
    );
  };
}

const int8PerChannel: MakeWeights = (shape, axis) =>
  stored("int8", shape, anyBytes(elementCount(shape)), { scale: scales(shape[axis]!), zeroPoint: 0, axis });

function int8PerTensor(zeroPoint: number): MakeWeights {
  return (shape) => stored("int8", shape, anyBytes(elementCount(shape)), { scale: scales(1), zeroPoint });
}

function fourBits(dtype: "int4" | "uint4", group: number): MakeWeights {
  return (shape, axis) => {
    const count = elementCount(shape);
    const channels = shape[axis]!;
    const bytes = anyBytes(Math.ceil(count / 2));
    if (count % 2 === 1) bytes[bytes.length - 1]! &= 15;
    const codebook = { codebook: [...random.float32s(16)] };
    const quantization = { scale: scales(channels * Math.ceil(count / channels / group)), zeroPoint: 0, axis, group };
    return stored(dtype, shape, bytes, dtype === "uint4" ? { ...quantization, ...codebook } : quantization);
  };
}

const KINDS: Readonly<Record<string, MakeWeights>> = {
  f16w: float16(),
  qc8w: int8PerChannel,
  "qs8w,zw=-128": int8PerTensor(-128),
  "qs8w,zw=127": int8PerTensor(127),
  "qb4w,group=1": fourBits("int4", 1),
  "qb4w,group=3": fourBits("int4", 3),
  "qb4w,group=32": fourBits("int4", 32),
  "lut4w,group=8": fourBits("uint4", 8),
  "lut4w,group=1000": fourBits("uint4", 1000),
};

/** More weights than are unpacked at a time: some channels of a group, a panel that alone is more, some of the groups. */
const LARGE: readonly Geometry[] = [
  { h: 3, w: 3, c: [64, 60], k: [3, 3], p: [1, 1, 1, 1] },
  { h: 1, w: 1, c: [700, 90], k: [1, 1] },
  { h: 1, w: 2, c: [3000, 20], k: [1, 1] },
  { h: 2, w: 2, c: [200, 100], k: [3, 3], p: [1, 1, 1, 1], groups: 2 },
];

export function* storedWeights(): Generator<Case> {
  for (const [kind, make] of Object.entries(KINDS)) {
    const named = ({ id, ...rest }: Case) => ({ ...rest, id: `${id.slice(0, -1)},${kind})` });
    for (const g of CONVOLUTIONS) yield named(convCase("conv2d", g, undefined, make));
    for (const g of DEPTHWISE) yield named(convCase("depthwise_conv2d", g, undefined, make));
    for (const product of products(make)) yield named(product);
    for (const g of LARGE) yield named(convCase("conv2d", g, undefined, make));
    yield named(convCase("depthwise_conv2d", { h: 3, w: 3, c: [300, 600], k: [3, 3] }, undefined, make));
  }
  const small: Geometry = { h: 5, w: 9, c: [4, 12], k: [3, 3], p: [1, 1, 1, 1] };
  const { id, ...rest } = convCase("conv2d", small, undefined, float16(true));
  yield { ...rest, id: `${id.slice(0, -1)},f16w,specials)` };
}
