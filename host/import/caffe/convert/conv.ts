import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { elementCount, formatShape, type Shape } from "../../../core/shape.js";
import { permuted } from "../../common/permute.js";
import { shaped } from "../blob.js";
import type { Call } from "../call.js";
import type { Grids } from "../ristretto.js";
import type { Parameters } from "../schema.js";
import type { Value } from "../value.js";
import { emitProducts } from "./product.js";

const PLAIN = { activation: "none", unsigned: false } as const;

type Pair = readonly [number, number];

/** What ConvolutionParameter says of a window, as [height, width]. */
interface Geometry {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly pad: Pair;
  readonly groups: number;
}

function geometryOf(p: Parameters["convolutionParam"]): Geometry {
  if ((p.axis ?? 1) !== 1) throw new UnsupportedOpError("axis", `its axis is ${p.axis}; channels are axis 1`);
  const groups = p.group ?? 1;
  if (groups < 1) throw new ShapeError(`its group is ${groups}; it must be at least 1`);
  return {
    kernel: pair("kernel_size", p.kernelSize, p.kernelH, p.kernelW, undefined, 1),
    stride: pair("stride", p.stride, p.strideH, p.strideW, 1, 1),
    dilation: pair("dilation", p.dilation, undefined, undefined, 1, 1),
    pad: pair("pad", p.pad, p.padH, p.padW, 0, 0),
    groups,
  };
}

/** A value for height and width: given as such, or once, or once per axis. */
export function pair(
  role: string,
  list: readonly number[],
  height: number | undefined,
  width: number | undefined,
  otherwise: number | undefined,
  least: number,
): Pair {
  const isSplit = height !== undefined || width !== undefined;
  if (list.length > 2) throw new ShapeError(`its ${role} [${list.slice(0, 8)}] has more than a height and a width`);
  if (isSplit && list.length > 0) throw new ShapeError(`it has ${role} and its height and width; one of them is meant`);
  const both = isSplit ? [height ?? otherwise, width ?? otherwise] : [list[0] ?? otherwise, list.at(-1) ?? otherwise];
  if (both.some((value) => value === undefined)) throw new ShapeError(`it has no ${role}`);
  if (both.some((value) => (value as number) < least || (value as number) > 65535)) {
    throw new ShapeError(`its ${role} [${both}] must be ${least} to 65535`);
  }
  return both as unknown as Pair;
}

/** Every bottom has a top of its own; all share the weights, and so they share the number of channels. */
function bottomsOf(call: Call): { readonly values: readonly Value[]; readonly channels: number } {
  call.expect(Math.max(1, call.bottomCount), Math.max(1, call.bottomCount));
  const channels = call.values.map((value) => {
    call.pictures(value);
    return value.shape[1] as number;
  });
  const [first] = channels as [number];
  if (channels.some((count) => count !== first)) throw new ShapeError(`its bottoms have [${channels}] channels`);
  return { values: call.values, channels: first };
}

export function outputsOf(numOutput: number | undefined): number {
  if (numOutput === undefined || numOutput < 1) throw new ShapeError(`its num_output is ${numOutput ?? "missing"}`);
  return numOutput;
}

/** Output channels of a layer whose `channels` input channels and they come in `groups`. */
function groupedOutputs(numOutput: number | undefined, channels: number, groups: number): number {
  const outC = outputsOf(numOutput);
  if (channels % groups !== 0 || outC % groups !== 0) {
    throw new ShapeError(`${channels} input and ${outC} output channels do not divide into ${groups} groups`);
  }
  return outC;
}

export function biasOf(call: Call, hasBias: boolean, channels: number): Float32Array | undefined {
  const expected = hasBias ? 2 : 1;
  if (call.blobCount !== expected) {
    throw new ShapeError(`the .caffemodel has ${call.blobCount} blobs for it, bias_term ${hasBias} takes ${expected}`);
  }
  return hasBias ? shaped(call.blob(1, "bias"), [channels], "bias") : undefined;
}

/** Weights are [outC, inC/group, kH, kW]. */
export function convolution(call: Call, grids: Grids | undefined): void {
  const p = call.parameters("convolutionParam");
  const { kernel, stride, dilation, pad, groups } = geometryOf(p);
  const { values, channels } = bottomsOf(call);
  const outC = groupedOutputs(p.numOutput, channels, groups);
  const from = [outC, channels / groups, ...kernel];
  const numbers = shaped(call.blob(0, "weights"), from, "weights");
  const bias = biasOf(call, p.biasTerm ?? true, outC);
  // Channel o of group g is channel o of ours: both count output channels group by group.
  const isDepthwise = groups > 1 && channels === groups;
  const shape = isDepthwise ? [1, ...kernel, outC] : [outC, ...kernel, channels / groups];
  const reach = kernel.map((size, i) => (size - 1) * (dilation[i] as number) + 1);
  // A window that can lie in the padding altogether needs the zeros to be there.
  const inside = pad.every((rows, i) => rows < (reach[i] as number));
  const padding = inside ? [...pad, ...pad] : [0, 0, 0, 0];
  const window = { stride, dilation, padding, ...PLAIN };
  const layout = call.pictures(values[0] as Value);
  const inputs = inside ? values : values.map((value, i) => padded(call, value, pad, `pad${i}`));
  emitProducts(
    call,
    inputs,
    {
      op: isDepthwise ? "depthwise_conv2d" : "conv2d",
      attributes: isDepthwise ? window : { ...window, groups },
      weights: rearranged(numbers, from, isDepthwise ? [1, 2, 3, 0] : [0, 2, 3, 1]),
      shape,
      channelAxis: isDepthwise ? 3 : 0,
      bias,
      layout,
    },
    grids,
  );
}

/** Zeros around a picture. */
export function padded(call: Call, value: Value, [height, width]: Pair, suffix: string): Value {
  const layout = call.pictures(value);
  const input = call.writer.tensor(value, layout);
  const attributes = { padding: [0, 0, height, height, width, width, 0, 0] };
  const tensor = call.helper("pad", suffix, [input], attributes, call.writer.type(input));
  return call.writer.value(value.name, tensor, layout, value.grid);
}

/** Weights are [inC, outC/group, kH, kW]; padding takes outputs away. */
export function deconvolution(call: Call, grids: Grids | undefined): void {
  const p = call.parameters("convolutionParam");
  const { kernel, stride, dilation, pad, groups } = geometryOf(p);
  const { values, channels } = bottomsOf(call);
  const outC = groupedOutputs(p.numOutput, channels, groups);
  const [inGroup, outGroup] = [channels / groups, outC / groups];
  const numbers = shaped(call.blob(0, "weights"), [channels, outGroup, ...kernel], "weights");
  const bias = biasOf(call, p.biasTerm ?? true, outC);
  const attributes = { stride, dilation, padding: [...pad, ...pad], outputPadding: [0, 0], groups, ...PLAIN };
  emitProducts(
    call,
    values,
    {
      op: "transpose_conv",
      attributes,
      weights: rearranged(numbers, [groups, inGroup, outGroup, ...kernel], [0, 2, 3, 4, 1]),
      shape: [outC, ...kernel, inGroup],
      channelAxis: 0,
      bias,
      layout: call.pictures(values[0] as Value),
    },
    grids,
  );
}

/** Weights with their axes in another order. */
export function rearranged(numbers: Float32Array, from: Shape, order: readonly number[]): Float32Array {
  if (order.every((axis, i) => axis === i)) return numbers;
  const result = new Float32Array(numbers.length);
  if (elementCount(from) !== numbers.length) throw new ShapeError(`weights do not fit ${formatShape(from)}`);
  permuted(numbers, from, order, result);
  return result;
}
