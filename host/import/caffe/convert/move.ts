import { ShapeError } from "../../../core/errors.js";
import { elementCount, formatShape, type Shape } from "../../../core/shape.js";
import { graphShape, type Layout, regrouped, reshaped, transposed } from "../../common/layout.js";
import type { Call } from "../call.js";
import { trimmed, typeOf } from "../ristretto.js";
import type { Value } from "../value.js";
import { commonLayout } from "./elementwise.js";

/** Dropout when it does not train: another name for the same numbers. */
export function dropout(call: Call): void {
  call.expect(1);
  call.alias(call.value(0));
}

/** As many names for one blob as wanted. */
export function split(call: Call): void {
  call.expect(1, Math.max(1, call.topCount));
  for (let top = 0; top < call.topCount; top++) call.alias(call.value(0), top);
  call.sharesMemory = true;
}

/** Numbers of different grids are joined as float32. */
export function concat(call: Call): void {
  const { axis: given, concatDim } = call.parameters("concatParam");
  call.expect(Math.max(1, call.bottomCount));
  const [first] = call.values as [Value];
  const axis = call.axis(given ?? concatDim ?? 1, first.rank);
  for (const { shape } of call.values) {
    if (shape.length !== first.rank || shape.some((extent, i) => i !== axis && extent !== first.shape[i])) {
      throw new ShapeError(`${formatShape(first.shape)} and ${formatShape(shape)} cannot be joined along axis ${axis}`);
    }
  }
  const { grid } = first;
  const isOneGrid = call.values.every((v) => v.grid?.bits === grid?.bits && v.grid?.fraction === grid?.fraction);
  const values = isOneGrid ? call.values : call.values.map((_, i) => call.real(i));
  const layout = commonLayout(values);
  const inputs = values.map((value) => call.writer.tensor(value, layout)) as [number, ...number[]];
  call.keep("concatenation", inputs, { axis: layout.indexOf(axis) }, layout, isOneGrid ? grid : undefined);
  if (!isOneGrid && call.areBytes) joinIntegers(call, layout, axis);
}

/** What is joined and then trimmed may be trimmed first. */
function joinIntegers(call: Call, layout: Layout, axis: number): void {
  (call.results[0] as Value).origin = {
    integers(grid, activation) {
      const parts = call.values.map((value) => call.writer.tensor(trimmed(call.writer, value, grid), layout));
      const type = typeOf(grid);
      const same = parts.map((part, i) =>
        call.writer.type(part).quantization?.scale[0] === type.quantization?.scale[0]
          ? part
          : call.helper("requantize", `part${i}`, [part], { arithmetic: "profile" }, type, "tflite"),
      );
      const joined = call.helper("concatenation", `${grid.bits}bit`, same, { axis: layout.indexOf(axis) }, type);
      return activation === "none" ? joined : call.helper("relu", "relu", [joined], { activation }, type);
    },
    layout,
    activation: "none",
  };
}

/** At the given points, or into equal parts. */
export function slice(call: Call): void {
  const { axis: given, sliceDim, slicePoint } = call.parameters("sliceParam");
  call.expect(1, Math.max(1, call.topCount));
  const value = call.value(0);
  const axis = call.axis(given ?? sliceDim ?? 1, value.rank);
  const extent = value.shape[axis] as number;
  const count = call.topCount;
  const points =
    slicePoint.length > 0 ? slicePoint : Array.from({ length: count - 1 }, (_, i) => ((i + 1) * extent) / count);
  const ends = [...points, extent];
  const sizes = ends.map((end, i) => end - (ends[i - 1] ?? 0));
  if (sizes.length !== count || sizes.some((size) => size < 1 || !Number.isInteger(size))) {
    throw new ShapeError(`${extent} along axis ${axis} is not cut into ${count} tops at [${slicePoint.slice(0, 16)}]`);
  }
  const { layout } = value;
  const input = call.writer.tensor(value, layout);
  call.keepAll("split", input, { axis: layout.indexOf(axis), sizes }, layout, value.grid);
}

/** The first bottom cut to the size of the second from an axis on. */
export function crop(call: Call): void {
  const { axis: given = 2, offset } = call.parameters("cropParam");
  call.expect(2);
  const [value, like] = [call.value(0), call.value(1)];
  const axis = call.axis(given, value.rank);
  const cropped = value.rank - axis;
  if (like.rank !== value.rank) {
    throw new ShapeError(`${formatShape(value.shape)} and ${formatShape(like.shape)} differ in axes`);
  }
  if (offset.length > 1 && offset.length !== cropped) {
    throw new ShapeError(`it has ${offset.length} offsets for ${cropped} axes`);
  }
  const begin = value.shape.map((_, i) => (i < axis ? 0 : ((offset.length > 1 ? offset[i - axis] : offset[0]) ?? 0)));
  const size = value.shape.map((extent, i) => (i < axis ? extent : (like.shape[i] as number)));
  if (begin.some((at, i) => at < 0 || at + (size[i] as number) > (value.shape[i] as number))) {
    throw new ShapeError(
      `[${size}] from [${begin}] on is not inside of ${formatShape(value.shape)}; its offset [${offset.slice(0, 8)}] is too large`,
    );
  }
  const { layout } = value;
  const along = (list: readonly number[]) => layout.map((i) => list[i] as number);
  const attributes = { begin: along(begin), size: along(size), stride: layout.map(() => 1) };
  call.keep("slice", [call.writer.tensor(value, layout)], attributes, layout, value.grid);
}

/** Another shape for some of the axes: 0 copies an extent, one −1 is what remains. */
export function reshape(call: Call): void {
  const { shape: wanted, axis = 0, numAxes = -1 } = call.parameters("reshapeParam");
  call.expect(1);
  const { shape, rank } = call.value(0);
  const begin = axis < 0 ? axis + rank + 1 : axis;
  const end = numAxes === -1 ? rank : begin + numAxes;
  if (begin < 0 || begin > rank || end < begin || end > rank) {
    throw new ShapeError(`its axis ${axis} and num_axes ${numAxes} do not fit ${formatShape(shape)}`);
  }
  const copied = wanted.dim.map((extent, i) => (extent === 0 ? (shape[begin + i] ?? 0) : extent));
  const open = [...shape.slice(0, begin), ...copied, ...shape.slice(end)];
  const known = open.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const free = open.filter((extent) => extent === -1).length;
  const total = elementCount(shape);
  const fits = free === 1 ? known > 0 && total % known === 0 : free === 0 && known === total;
  if (!fits || open.some((extent) => extent < -1 || extent === 0)) {
    throw new ShapeError(`${formatShape(shape)} has ${total} elements and does not fit into ${formatShape(open)}`);
  }
  reshapeTo(
    call,
    open.map((extent) => (extent === -1 ? total / known : extent)),
  );
}

/** Some axes in one. */
export function flatten(call: Call): void {
  const { axis = 1, endAxis = -1 } = call.parameters("flattenParam");
  call.expect(1);
  const { shape, rank } = call.value(0);
  const [begin, end] = [call.axis(axis, rank), call.axis(endAxis, rank)];
  if (end < begin) throw new ShapeError(`its axis ${axis} is behind its end_axis ${endAxis}`);
  reshapeTo(call, [...shape.slice(0, begin), elementCount(shape.slice(begin, end + 1)), ...shape.slice(end + 1)]);
}

/** In place if the value is there in a layout that allows that, else from the nearest layout that does. */
function reshapeTo(call: Call, shape: Shape): void {
  const value = call.value(0);
  const from = value.forms.find(({ layout }) => reshaped(layout, value.shape, shape) !== undefined);
  const source = from?.layout ?? regrouped(value.layout, value.shape, shape);
  const layout = reshaped(source, value.shape, shape) as Layout;
  const input = call.writer.tensor(value, source);
  call.keep("reshape", [input], { shape: graphShape(layout, shape) }, layout, value.grid);
  call.sharesMemory = true;
}

/** Axes are renamed; data moves when somebody insists on an order. Axes that are not listed follow. */
export function permute(call: Call): void {
  const { order } = call.parameters("permuteParam");
  call.expect(1);
  const value = call.value(0);
  const all = [...order, ...value.shape.map((_, i) => i).filter((axis) => !order.includes(axis))];
  if (new Set(all).size !== all.length || all.length !== value.rank) {
    throw new ShapeError(`its order [${order.slice(0, 16)}] is no permutation of ${value.rank} axes`);
  }
  const tensor = call.writer.tensor(value, value.layout);
  call.result(tensor, transposed(value.layout, all), { grid: value.grid });
}
