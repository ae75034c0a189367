import { ShapeError } from "../../../core/errors.js";
import { elementCount, formatShape, type Shape } from "../../../core/shape.js";
import { permuted } from "../../common/permute.js";
import type { Call } from "../call.js";
import { allocate, type Constant } from "../constant.js";
import { modeOf } from "../quantized/product.js";
import { pair, windowOf } from "./window.js";

/** Conv, 1-D and 2-D. A signal is a picture of height 1. Weights arrive as [outC, inC/groups, spatial…]. */
export function conv(call: Call): void {
  const input = call.shape(0);
  const layout = call.pictures(0);
  const weights = call.constant(1, "weights");
  const [outC, inC] = weights.shape as [number, number];
  const groups = call.attributes.int("group", 1);
  const spatial = input.length - 2;
  if (weights.shape.length !== input.length || elementCount(weights.shape) === 0) {
    throw new ShapeError(`weights ${formatShape(weights.shape)} do not fit input ${formatShape(input)}`);
  }
  if (input[1] !== inC * groups) {
    throw new ShapeError(
      `weights ${formatShape(weights.shape)} with group ${groups} expect ${inC * groups} input channels, input ${formatShape(input)} has ${input[1]}`,
    );
  }
  const kernel: [number, number] = spatial === 1 ? [1, weights.shape[2]!] : [weights.shape[2]!, weights.shape[3]!];
  const declared = call.attributes.ints("kernel_shape");
  if (declared !== undefined && `${declared}` !== `${weights.shape.slice(2)}`) {
    throw new ShapeError(`its kernel_shape [${declared}] is not that of its weights ${formatShape(weights.shape)}`);
  }
  const { stride, dilation, padding } = windowOf(call, input, kernel);
  const common = { stride, dilation, padding, activation: "none", unsigned: false, ...modeOf(call) };
  const bias = call.has(2) ? [biasOf(call, 2, outC)] : [];
  // Channel o of group g is channel o of ours: both count output channels group by group.
  const isDepthwise = groups > 1 && inC === 1;
  const [order, shape]: [number[], Shape] = isDepthwise
    ? [
        [1, 2, 3, 0],
        [1, ...kernel, outC],
      ]
    : [
        [0, 2, 3, 1],
        [outC, ...kernel, inC],
      ];
  const packed = call.weights(1, rearranged(weights, [outC, inC, ...kernel], order, shape), isDepthwise ? 3 : 0);
  const inputs = [call.tensor(0, layout), packed, ...bias];
  if (isDepthwise) call.emit("depthwise_conv2d", inputs, common, layout);
  else call.emit("conv2d", inputs, { ...common, groups }, layout);
}

/**
 * ConvTranspose, 1-D and 2-D. Weights arrive as [inC, outC/groups, spatial…]. Its padding takes outputs away, and
 * `output_shape` and `auto_pad` say how many are to be left.
 */
export function convTranspose(call: Call): void {
  const input = call.shape(0);
  const layout = call.pictures(0);
  const weights = call.constant(1, "weights");
  const [inC, outPerGroup] = weights.shape as [number, number];
  const groups = call.attributes.int("group", 1);
  const spatial = input.length - 2;
  if (weights.shape.length !== input.length || elementCount(weights.shape) === 0 || input[1] !== inC) {
    throw new ShapeError(`weights ${formatShape(weights.shape)} do not fit input ${formatShape(input)}`);
  }
  if (groups < 1 || inC % groups !== 0)
    throw new ShapeError(`${inC} input channels do not divide into ${groups} groups`);
  const kernel: [number, number] = spatial === 1 ? [1, weights.shape[2]!] : [weights.shape[2]!, weights.shape[3]!];
  const stride = pair(call.attributes.ints("strides"), spatial, "strides");
  const dilation = pair(call.attributes.ints("dilations"), spatial, "dilations");
  const outC = outPerGroup * groups;
  const inPerGroup = inC / groups;
  const packed = rearranged(
    weights,
    [groups, inPerGroup, outPerGroup, ...kernel],
    [0, 2, 3, 4, 1],
    [outC, ...kernel, inPerGroup],
  );
  const inputs = [call.tensor(0, layout), call.weights(1, packed, 0)];
  if (call.has(2)) inputs.push(biasOf(call, 2, outC));
  const attributes = { stride, dilation, ...transposedPadding(call, input, kernel, stride, dilation), groups };
  call.emit("transpose_conv", inputs, { ...attributes, activation: "none", unsigned: false }, layout);
}

/** What is taken away from, and added to, the stride · (in − 1) + extent outputs there are along each axis. */
function transposedPadding(
  call: Call,
  input: Shape,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): { padding: number[]; outputPadding: number[] } {
  const spatial = input.length - 2;
  const mode = call.attributes.text("auto_pad", "NOTSET");
  const given = call.attributes.ints("pads") ?? new Array<number>(2 * spatial).fill(0);
  const extra = call.attributes.ints("output_padding") ?? new Array<number>(spatial).fill(0);
  const wanted = call.attributes.ints("output_shape")?.slice(-spatial);
  const sides = [0, 1].map((i) => {
    const axis = i - (2 - spatial);
    if (axis < 0) return { before: 0, after: 0, added: 0 };
    const added = extra[axis] as number;
    const size = input[axis + 2] as number;
    const whole = (stride[i] as number) * (size - 1) + ((kernel[i] as number) - 1) * (dilation[i] as number) + 1;
    const target = wanted?.[axis] ?? (mode.startsWith("SAME") ? size * (stride[i] as number) : undefined);
    if (target === undefined) {
      return mode === "VALID"
        ? { before: 0, after: 0, added }
        : { before: given[axis] as number, after: given[axis + spatial] as number, added };
    }
    const total = whole + added - target;
    if (total < 0) return { before: 0, after: 0, added: added - total };
    const half = total >> 1;
    return mode === "SAME_UPPER"
      ? { before: half, after: total - half, added }
      : { before: total - half, after: half, added };
  }) as [Side, Side];
  const [rows, columns] = sides;
  return {
    padding: [rows.before, columns.before, rows.after, columns.after],
    outputPadding: [rows.added, columns.added],
  };
}

interface Side {
  readonly before: number;
  readonly after: number;
  readonly added: number;
}

/** A constant vector with one value per output channel. */
function biasOf(call: Call, i: number, channels: number): number {
  const bias = call.constant(i, "bias");
  if (bias.data.length !== channels || bias.shape.length !== 1) {
    throw new ShapeError(`its bias ${formatShape(bias.shape)} must be [${channels}], one value per output channel`);
  }
  return call.parameter("bias", bias);
}

/** Weights with their axes in another order. */
export function rearranged({ type, data }: Constant, from: Shape, order: readonly number[], shape: Shape): Constant {
  const result = allocate(type, data.length);
  permuted(data, from, order, result);
  return { type, shape, data: result };
}
