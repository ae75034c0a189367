import { QuantizationError, ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import type { Attributes } from "../../../core/model.js";
import { isNormal, type QuantizationParams } from "../../../core/quantization.js";
import { elementCount, formatShape, sameShape } from "../../../core/shape.js";
import { quote } from "../../common/text.js";
import type { Call } from "../call.js";
import { isQuantized, shiftOf, type Value } from "../value.js";
import { padding } from "./window.js";

/** CONV_2D: weights OHWI; groups follow from how many of the input's channels one filter reads. */
export function conv2d(call: Call): void {
  const x = call.shape(0);
  const w = call.shape(1);
  const stride = [call.options.int32(2), call.options.int32(1)];
  const dilation = [call.options.int32(5, 1), call.options.int32(4, 1)];
  const groups = Math.max(1, Math.floor((x[3] ?? 0) / (w[3] || 1)));
  const attributes = {
    stride,
    dilation,
    padding: padding(call, 0, x, [w[1] ?? 0, w[2] ?? 0], stride, dilation),
    groups,
    activation: call.activation(3),
    unsigned: call.unsigned,
    ...mode(call),
    ...call.kernels(call.output.type === "INT8", "reference"),
  };
  call.emit("conv2d", matrixInputs(call, call.tensor(0), 0), attributes);
}

/** DEPTHWISE_CONV_2D: weights [1, kH, kW, outC]; the multiplier follows from shapes, the option is not trusted. */
export function depthwiseConv2d(call: Call): void {
  const w = call.shape(1);
  const stride = [call.options.int32(2), call.options.int32(1)];
  const dilation = [call.options.int32(6, 1), call.options.int32(5, 1)];
  const attributes = {
    stride,
    dilation,
    padding: padding(call, 0, call.shape(0), [w[1] ?? 0, w[2] ?? 0], stride, dilation),
    activation: call.activation(4),
    unsigned: call.unsigned,
    ...mode(call),
  };
  call.emit("depthwise_conv2d", matrixInputs(call, call.tensor(0), 3), attributes);
}

/** FULLY_CONNECTED: the input is flattened to rows of the weights' length, unless it has such rows already. */
export function fullyConnected(call: Call): void {
  if (call.options.int8(1) !== 0) {
    throw new UnsupportedOpError("weights-format", "its weights are stored shuffled for another processor");
  }
  const x = call.shape(0);
  const row = call.shape(1)[1] ?? 0;
  const keepsDimensions = call.options.bool(2) && x.at(-1) === row;
  let input = call.tensor(0);
  if (x.length !== 2 && !keepsDimensions) {
    if (row < 1 || elementCount(x) % row !== 0) {
      throw new ShapeError(`an input of ${elementCount(x)} elements does not divide into rows of ${row}`);
    }
    input = call.helper("reshape", "rows", [input], { shape: [elementCount(x) / row, row] }, call.value(0));
  }
  const kernels = call.kernels(call.output.type === "INT8", "reference", "micro");
  const attributes = { activation: call.activation(0), unsigned: call.unsigned, ...mode(call), ...kernels };
  call.emit("fully_connected", matrixInputs(call, input, 0), attributes);
}

/**
 * TRANSPOSE_CONV: output shape, weights OHWI, input, maybe a bias. Its padding is that of the convolution that would lead
 * back; what the output has beyond the windows is padding of its own.
 */
export function transposeConv(call: Call): void {
  const x = call.shape(2);
  const w = call.shape(1);
  const wanted = call.integers(0, "output shape");
  const stride = [call.options.int32(2), call.options.int32(1)];
  const sides = padding(call, 0, wanted, [w[1] ?? 0, w[2] ?? 0], stride, [1, 1]);
  const whole = [0, 1].map((i) => ((x[i + 1] ?? 0) - 1) * (stride[i] as number) + (w[i + 1] ?? 0));
  const missing = [0, 1].map((i) => (wanted[i + 1] ?? 0) - (whole[i] as number) + (sides[i] as number));
  const attributes = {
    stride,
    dilation: [1, 1],
    // What is not taken away before is taken away behind, or added there.
    padding: [sides[0] as number, sides[1] as number, ...missing.map((size) => Math.max(0, -size))],
    outputPadding: missing.map((size) => Math.max(0, size)),
    groups: Math.max(1, Math.floor((x[3] ?? 0) / (w[3] || 1))),
    activation: call.activation(3),
    unsigned: call.unsigned,
  };
  call.emit("transpose_conv", matrixInputs(call, call.tensor(2), 0, [2, 1, 3]), attributes);
  requireShape(call, wanted);
}

/** BATCH_MATMUL of two computed matrices. */
export function batchMatmul(call: Call): void {
  const attributes = { transposeA: call.options.bool(0), transposeB: call.options.bool(1) };
  call.emit("batch_matmul", [call.tensor(0), call.tensor(1)], attributes);
}

function requireShape(call: Call, wanted: readonly number[]): void {
  const shape = call.emittedShape(0);
  if (sameShape(shape, wanted)) return;
  throw new ShapeError(`its output shape ${formatShape(wanted)} is not what its inputs give, ${formatShape(shape)}`);
}

/** float32 activations with int8 weights, which TFLite calls hybrid. */
function isHybrid(call: Call, [xAt, wAt]: readonly number[] = [0, 1]): boolean {
  return call.value(xAt as number).type === "FLOAT32" && call.value(wAt as number).type === "INT8";
}

function mode(call: Call): Attributes {
  return isHybrid(call) ? { mode: "dynamic-range" } : {};
}

/** [input, weights, bias or −1], with the weights' and bias' types checked against the input's; `positions` are theirs. */
function matrixInputs(call: Call, input: number, channelAxis: number, positions = [0, 1, 2]): number[] {
  const [xAt, wAt, biasAt] = positions as [number, number, number];
  const [x, w] = [call.value(xAt), call.value(wAt)];
  if (w.data === undefined) throw new UnsupportedOpError("computed-weights", "its weights are computed at run time");
  if (isHybrid(call, positions)) refuseUnknownHybrid(call, w);
  else if (x.type !== w.type && !(x.type === "INT16" && w.type === "INT8")) {
    throw new UnsupportedOpError("hybrid", `${x.type} activations with ${w.type} weights are not supported`);
  }
  const bias = call.has(biasAt) ? call.value(biasAt) : undefined;
  const biasType = x.type === "INT16" ? "INT64" : isQuantized(x) ? "INT32" : x.type;
  if (bias !== undefined && (bias.data === undefined || bias.type !== biasType)) {
    const what = bias.data === undefined ? "is computed at run time" : `is ${bias.type}, it must be ${biasType}`;
    throw new UnsupportedOpError("bias", `its bias ${quote(bias.name)} ${what}`);
  }
  const weights =
    (call.kind === "TRANSPOSE_CONV" ? undefined : storedWeights(call, channelAxis)) ??
    call.constant(wAt, isQuantized(w) ? weightQuantization(call.kind, w, channelAxis) : undefined);
  // A bias has no quantization of its own: its scale is input scale · weight scale by definition.
  return [input, weights, bias === undefined ? -1 : call.constant(biasAt)];
}

/**
 * float32 weights that the file stores as float16 or int8 in front of a DEQUANTIZE stay like that; undefined for others, and for
 * int8 with scales that weights cannot have.
 */
function storedWeights(call: Call, axis: number): number | undefined {
  const { type, quantization: q } = call.value(1).stored ?? {};
  if (type === "FLOAT16") return call.stored(1, "float16");
  if (type !== "INT8" || q === undefined || !q.scale.every(isNormal)) return undefined;
  if (q.scale.length === 1) return call.stored(1, "int8", { scale: q.scale, zeroPoint: q.zeroPoint[0] ?? 0 });
  if (q.axis !== axis || q.zeroPoint.some((zeroPoint) => zeroPoint !== 0)) return undefined;
  return call.stored(1, "int8", { scale: q.scale, zeroPoint: 0, axis });
}

/**
 * XNNPACK quantizes activations by row or image with a zero point; so do TFLite's built-in kernels for weights that have
 * several scales. For one scale theirs are symmetric, and DEPTHWISE_CONV_2D reads scales that are not there.
 */
function refuseUnknownHybrid(call: Call, weights: Value): void {
  if (call.numerics === "xnnpack" || weights.quantization?.scale.length !== 1) return;
  const what = "it has float32 activations and int8 weights with one scale";
  if (call.kind === "CONV_2D" && !call.has(2)) {
    throw new UnsupportedOpError("hybrid", `${what}, and no bias: only with a bias does XNNPACK compute it`);
  }
  if (call.kind !== "DEPTHWISE_CONV_2D") {
    throw new UnsupportedOpError("hybrid", `${what}: qbin has that in numerics "xnnpack" alone`);
  }
  if (call.kind === "DEPTHWISE_CONV_2D" && weights.shape[3] !== 1) {
    throw new UnsupportedOpError("hybrid", `${what}: it must have one per channel, or TFLite's result is undefined`);
  }
}

/** One scale, or one per output channel. Only uint8 weights and a FULLY_CONNECTED's with one scale have a zero point. */
function weightQuantization(kind: string, weights: Value, channelAxis: number): QuantizationParams {
  const who = `weights ${quote(weights.name)}`;
  const q = weights.quantization;
  if (q === undefined) throw new QuantizationError(`${who} are ${weights.type} without a scale`);
  const zeroPoint = (q.zeroPoint[0] ?? 0) - shiftOf(weights);
  if (weights.type === "INT8" && kind !== "FULLY_CONNECTED" && zeroPoint !== 0) {
    throw new QuantizationError(`${who} are int8 with zero point ${zeroPoint}; those of ${kind} are symmetric`);
  }
  if (q.scale.length === 1) return { scale: q.scale, zeroPoint };
  if (weights.type === "UINT8") throw new QuantizationError(`${who} are uint8 with ${q.scale.length} scales, not one`);
  if (q.axis !== channelAxis) {
    throw new QuantizationError(
      `${who} are scaled along dimension ${q.axis}, output channels are dimension ${channelAxis}`,
    );
  }
  if (q.zeroPoint.some((z) => z !== 0)) throw new QuantizationError(`${who} have a zero point in some channel`);
  return { scale: q.scale, zeroPoint: 0, axis: channelAxis };
}
