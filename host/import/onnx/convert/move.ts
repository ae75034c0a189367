import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { broadcastShape, elementCount, formatShape, type Shape } from "../../../core/shape.js";
import { aligned, graphShape, type Layout, plain, regrouped, reshaped, transposed } from "../../common/layout.js";
import type { Call } from "../call.js";
import {
  concatenatedShape,
  flattenedShape,
  permutationOf,
  requireElements,
  reshapedShape,
  sliceBox,
  splitSizes,
  squeezedShape,
  unsqueezedShape,
} from "../shapes.js";
import type { Value } from "../value.js";
import { commonLayout, operands } from "./elementwise.js";

/** Gives input 0 another shape. */
function reshapeTo(call: Call, shape: Shape): void {
  const { source, layout } = reshaping(call.value(0), shape);
  call.emit("reshape", [call.tensor(0, source)], { shape: graphShape(layout, shape) }, layout);
}

/**
 * How a value gets another shape: in place if it is there in a layout that allows that, else from the nearest layout
 * that does.
 */
function reshaping(value: Value, shape: Shape): { source: Layout; layout: Layout } {
  requireElements(shape);
  if (elementCount(shape) !== elementCount(value.shape)) {
    throw new ShapeError(`${formatShape(value.shape)} does not fit into ${formatShape(shape)}`);
  }
  const from = value.forms.find(({ layout }) => reshaped(layout, value.shape, shape) !== undefined);
  const source = from?.layout ?? regrouped(value.layout, value.shape, shape);
  return { source, layout: reshaped(source, value.shape, shape) as Layout };
}

/**
 * Blocks of b × b pixels become channels or the other way round: a reshape of [N,C,H,W] to six axes, a transpose, a
 * reshape to `shape`, as ONNX defines both.
 */
function rearrangeBlocks(call: Call, six: Shape, permutation: readonly number[], shape: Shape): void {
  const { layout, source } = reshaping(call.value(0), six);
  const split = call.helper("reshape", "blocks", [call.tensor(0, source)], { shape: graphShape(layout, six) });
  const blocks = call.intermediate(split, transposed(layout, permutation));
  const last = reshaping(blocks, shape);
  call.emit("reshape", [call.tensorOf(blocks, last.source)], { shape: graphShape(last.layout, shape) }, last.layout);
}

/** DepthToSpace: channels are [b, b, rest] in mode DCR and [rest, b, b] in mode CRD. */
export function depthToSpace(call: Call): void {
  const [n, c, h, w] = picture(call);
  const b = call.attributes.int("blocksize", 0);
  const rest = c / (b * b);
  if (b < 1 || !Number.isInteger(rest)) throw new ShapeError(`${c} channels do not divide into blocks of ${b} by ${b}`);
  const shape = [n, rest, h * b, w * b];
  if (call.attributes.text("mode", "DCR") === "DCR")
    rearrangeBlocks(call, [n, b, b, rest, h, w], [0, 3, 4, 1, 5, 2], shape);
  else rearrangeBlocks(call, [n, rest, b, b, h, w], [0, 1, 4, 2, 5, 3], shape);
}

/** SpaceToDepth: channels become [b, b, C], and [C, b, b] in mode CRD. */
export function spaceToDepth(call: Call): void {
  const [n, c, h, w] = picture(call);
  const b = call.attributes.int("blocksize", 0);
  if (b < 1 || h % b !== 0 || w % b !== 0)
    throw new ShapeError(`${h} by ${w} pixels do not divide into blocks of ${b} by ${b}`);
  const permutation = call.attributes.text("mode", "DCR") === "DCR" ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  rearrangeBlocks(call, [n, c, h / b, b, w / b, b], permutation, [n, c * b * b, h / b, w / b]);
}

function picture(call: Call): [number, number, number, number] {
  const shape = call.shape(0);
  if (shape.length !== 4) throw new ShapeError(`its input ${formatShape(shape)} must have 4 dimensions`);
  return [...shape] as [number, number, number, number];
}

export function reshape(call: Call): void {
  const wanted = call.integersFrom("shape", 1, "shape") ?? [];
  reshapeTo(call, reshapedShape(call.shape(0), wanted, call.attributes.int("allowzero", 0) === 1));
}

export function flatten(call: Call): void {
  reshapeTo(call, flattenedShape(call.shape(0), call.attributes.int("axis", 1)));
}

export function squeeze(call: Call): void {
  reshapeTo(call, squeezedShape(call.shape(0), call.integersFrom("axes", 1, "axes")));
}

export function unsqueeze(call: Call): void {
  reshapeTo(call, unsqueezedShape(call.shape(0), call.integersFrom("axes", 1, "axes") ?? []));
}

/** Transpose moves nothing: it renames axes, and whoever insists on an order has data moved. */
export function transpose(call: Call): void {
  const { rank, layout } = call.value(0);
  call.rename(0, transposed(layout, permutationOf(rank, call.attributes.ints("perm"))));
}

/** Identity, and Dropout outside of training. */
export function identity(call: Call): void {
  const trains = call.has(2) && call.scalar(2, "training_mode", 0) !== 0 && call.scalar(1, "ratio", 0.5) !== 0;
  if (trains) throw new UnsupportedOpError("training", "it is in training mode");
  if (call.outputs[1] === true) throw new UnsupportedOpError("mask", "its second output, the mask, is read");
  call.alias(call.value(0));
}

export function concat(call: Call): void {
  const values = Array.from({ length: call.inputCount }, (_, i) => call.value(i)).filter(
    (value) => elementCount(value.shape) > 0,
  );
  const axis = call.axis(call.attributes.int("axis", call.opset < 4 ? 1 : 0), call.value(0).rank);
  concatenatedShape(
    values.map((value) => value.shape),
    axis,
  );
  const layout = commonLayout(values);
  const pieces = operands(call, values, layout).map((piece, i) => call.rescaled(piece, `rescaled${i}`));
  call.emit("concatenation", pieces, { axis: layout.indexOf(axis) }, layout);
}

export function split(call: Call): void {
  const { layout, rank, shape } = call.value(0);
  const axis = call.axis(call.attributes.int("axis", 0), rank);
  const parts = call.attributes.int("num_outputs", call.outputs.length);
  const given = call.integersFrom("split", 1, "sizes");
  if (given === undefined && call.opset < 18 && (shape[axis] as number) % parts !== 0) {
    throw new ShapeError(`${shape[axis]} does not split into ${parts} equal parts`);
  }
  const sizes = splitSizes(shape[axis] as number, given, parts);
  if (sizes.length !== call.outputs.length) {
    throw new ShapeError(`it splits into ${sizes.length} parts and has ${call.outputs.length} outputs`);
  }
  call.emitAll("split", [call.tensor(0, layout)], { axis: layout.indexOf(axis), sizes }, layout, sizes.length);
}

export function slice(call: Call): void {
  const { layout, shape } = call.value(0);
  const box = sliceBox(
    shape,
    call.integersFrom("starts", 1, "starts") ?? [],
    call.integersFrom("ends", 2, "ends") ?? [],
    call.integersFrom("axes", 3, "axes"),
    call.integersFrom("steps", 4, "steps"),
  );
  requireElements(box.size);
  const along = (values: readonly number[], unit: number) =>
    layout.map((axis) => (axis === -1 ? unit : (values[axis] as number)));
  const size = along(box.size, 1);
  const stride = along(box.step, 1).map((step, g) => (size[g] === 1 ? 1 : step));
  const attributes = { begin: along(box.begin, 0), size, stride };
  call.emit("slice", [call.tensor(0, layout)], attributes, layout);
}

/** Expand: axes of 1 are repeated, axes are added in front. */
export function expand(call: Call): void {
  const value = call.value(0);
  const shape = broadcastShape(value.shape, call.integers(1, "shape"));
  const added = shape.length - value.rank;
  const layout = [...plain(added), ...value.layout.map((axis) => shifted(axis, added))];
  const input = call.tensorOf(value, aligned(layout, value.rank));
  call.emit("broadcast_to", [input], { shape: graphShape(layout, shape) }, layout);
}

function shifted(axis: number, by: number): number {
  return axis === -1 ? -1 : axis + by;
}

/** Tile: every axis is repeated as often as is said. */
export function tile(call: Call): void {
  const { layout, rank } = call.value(0);
  const repeats = call.integers(1, "repeats");
  if (repeats.length !== rank) throw new ShapeError(`its ${repeats.length} repeats do not fit rank ${rank}`);
  requireElements(repeats.map((count) => Math.max(count, 0)));
  repeat(
    call,
    call.tensor(0, layout),
    layout,
    layout.map((axis) => (axis === -1 ? 1 : (repeats[axis] as number))),
  );
}

/** The most copies of a tensor that are written as one concatenation. */
const MAX_COPIES = 4096;

function repeat(call: Call, input: number, layout: Layout, counts: readonly number[]): void {
  const axes = counts.flatMap((count, g) => (count > 1 ? [g] : []));
  const copies = axes.reduce((sum, g) => sum + (counts[g] as number), 0);
  if (copies > MAX_COPIES) throw new UnsupportedOpError("repeat", `it repeats its input ${copies} times`);
  const last = axes.pop();
  const shorter = axes.reduce(
    (x, g) => call.helper("concatenation", `axis${g}`, new Array(counts[g]).fill(x), { axis: g }),
    input,
  );
  if (last === undefined) call.emit("reshape", [input], { shape: call.graphShape(input) }, layout);
  else call.emit("concatenation", new Array(counts[last]).fill(shorter), { axis: last }, layout);
}
