import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { nearestIndices, type ResizeMode, resizeAxis } from "../../../core/resize.js";
import { formatShape, type Shape } from "../../../core/shape.js";
import { graphShape, type Layout, plain } from "../../common/layout.js";
import type { Call } from "../call.js";
import { selected } from "./gather.js";

const f = Math.fround;

/** What Resize does along one axis. `scale` need not be the ratio of the sizes, which are whole. */
interface Axis {
  readonly input: number;
  readonly output: number;
  readonly scale: number;
}

/** How an output index becomes a position in the input, and which neighbour of it is nearest. */
interface Sampling {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
}

/** Our resizes as TFLite defines them; which of them an ONNX one is, is found by comparing what they read. */
const MODES: readonly ResizeMode[] = [
  { alignCorners: false, halfPixelCenters: true },
  { alignCorners: false, halfPixelCenters: false },
  { alignCorners: true, halfPixelCenters: false },
  { alignCorners: true, halfPixelCenters: true },
];

/** Resize of two spatial axes, and Upsample, its predecessor. */
export function resize(call: Call): void {
  const { shape, rank } = call.value(0);
  const sampling = samplingOf(call);
  const axes = axesOf(call, shape);
  const layout = layoutOf(axes, rank);
  const from = graphShape(layout, shape);
  const size = layout.map((axis, g) => (axis === -1 ? (from[g] as number) : (axes[axis] as Axis).output)).slice(1, 3);
  const spatial = [1, 2].map((g) => {
    const axis = layout[g] as number;
    return axis === -1 ? { input: 1, output: 1, scale: 1 } : (axes[axis] as Axis);
  });
  const fits = MODES.find((mode) => spatial.every((axis) => isSame(axis, sampling, mode)));
  const input = call.tensor(0, layout);
  if (fits === undefined && sampling.mode === "nearest") {
    const [rows, columns] = spatial.map((axis) => nearestOfAxis(axis, sampling));
    const picked = selected(call, input, [undefined, rows, columns]);
    call.emit("reshape", [picked], { shape: call.graphShape(picked) }, layout);
    return;
  }
  if (fits === undefined) {
    const { mode, coordinates: how } = sampling;
    throw new UnsupportedOpError(
      "resize",
      `${mode} from ${formatShape(shape)} with ${how} reads other pixels than any resize here`,
    );
  }
  if (sampling.mode === "nearest") call.emit("resize_nearest", [input], { size, ...fits }, layout);
  else call.emit("resize_bilinear", [input], { size, ...fits, unsigned: false }, layout);
}

function samplingOf(call: Call): Sampling {
  const isOld = call.kind === "Upsample" || call.opset < 11;
  const mode = call.attributes.text("mode", "nearest");
  if (mode !== "nearest" && mode !== "linear" && mode !== "bilinear") {
    throw new UnsupportedOpError("resize", `its mode ${mode} is not supported`);
  }
  if (call.attributes.int("antialias", 0) === 1) throw new UnsupportedOpError("resize", "it filters with antialias");
  return {
    mode: mode === "nearest" ? "nearest" : "linear",
    coordinates: call.attributes.text("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel"),
    nearest: call.attributes.text("nearest_mode", isOld ? "floor" : "round_prefer_floor"),
  };
}

/** Every axis of the input, those not named by `axes` left as they are. */
function axesOf(call: Call, shape: Shape): Axis[] {
  const hasRoi = call.kind === "Resize" && call.opset >= 11;
  const scalesAt = hasRoi ? 2 : 1;
  const named = (call.attributes.ints("axes") ?? plain(shape.length)).map((axis) => call.axis(axis, shape.length));
  const result: Axis[] = shape.map((extent) => ({ input: extent, output: extent, scale: 1 }));
  const sizes = hasRoi && call.has(3) ? call.integers(3, "sizes") : [];
  if (sizes.length > 0) {
    if (call.attributes.text("keep_aspect_ratio_policy", "stretch") !== "stretch") {
      throw new UnsupportedOpError("resize", "it keeps the aspect ratio");
    }
    requireCount(sizes, named);
    named.forEach((axis, i) => {
      const [input, output] = [shape[axis] as number, sizes[i] as number];
      result[axis] = { input, output, scale: f(output / input) };
    });
    return result;
  }
  const scales = call.attributes.floats("scales") ?? Array.from(call.constant(scalesAt, "scales").data);
  requireCount(scales, named);
  named.forEach((axis, i) => {
    const [input, scale] = [shape[axis] as number, scales[i] as number];
    if (!(scale > 0)) throw new ShapeError(`its scale ${scale} is not positive`);
    result[axis] = { input, output: Math.floor(input * scale), scale };
  });
  return result;
}

function requireCount(values: readonly number[], axes: readonly number[]): void {
  if (values.length === axes.length) return;
  throw new ShapeError(`it has ${values.length} scales or sizes for ${axes.length} axes`);
}

/** Height and width of a graph tensor are its axes 1 and 2; the axes that change have to be among these. */
function layoutOf(axes: readonly Axis[], rank: number): Layout {
  const changed = axes.flatMap(({ input, output, scale }, axis) => (input !== output || scale !== 1 ? [axis] : []));
  const layouts: readonly Layout[] =
    rank === 3
      ? [[0, -1, 2, 1]]
      : rank === 4
        ? [
            [0, 2, 3, 1],
            [0, 1, 2, 3],
          ]
        : [];
  const layout = layouts.find((candidate) => changed.every((axis) => candidate.slice(1, 3).includes(axis)));
  if (layout === undefined) {
    throw new UnsupportedOpError(
      "resize",
      `it resizes axes [${changed}] of a tensor of rank ${rank}; the last two of four are supported`,
    );
  }
  return layout;
}

/** The position in the input of output index `i`, in float32 as ONNX Runtime computes it. */
function positionOf({ input, output, scale }: Axis, coordinates: string, i: number): number {
  switch (coordinates) {
    case "half_pixel":
      return f(f((i + 0.5) / scale) - 0.5);
    case "pytorch_half_pixel":
      return output > 1 ? f(f((i + 0.5) / scale) - 0.5) : 0;
    case "half_pixel_symmetric": {
      const adjustment = output / (input * scale);
      return f((input / 2) * (1 - adjustment) + (i + 0.5) / scale - 0.5);
    }
    case "align_corners":
      return output > 1 ? f((i * (input - 1)) / (input * scale - 1)) : 0;
    case "asymmetric":
      return f(i / scale);
    default:
      throw new UnsupportedOpError("resize", `its coordinate_transformation_mode ${coordinates} is not supported`);
  }
}

function nearestOf(position: number, rule: string): number {
  switch (rule) {
    case "round_prefer_floor":
      return Math.ceil(position - 0.5);
    case "round_prefer_ceil":
      return Math.floor(position + 0.5);
    case "floor":
      return Math.floor(position);
    case "ceil":
      return Math.ceil(position);
    default:
      throw new UnsupportedOpError("resize", `its nearest_mode ${rule} is not supported`);
  }
}

/** The input index each output index copies. */
function nearestOfAxis(axis: Axis, { coordinates, nearest }: Sampling): number[] {
  return Array.from({ length: axis.output }, (_, i) => {
    const index = nearestOf(positionOf(axis, coordinates, i), nearest);
    return Math.min(Math.max(index, 0), axis.input - 1);
  });
}

/** Whether one of our modes reads the same pixels, with the same weights up to rounding. */
function isSame(axis: Axis, sampling: Sampling, mode: ResizeMode): boolean {
  const { input, output } = axis;
  if (output < 1) throw new ShapeError(`it makes an axis of ${input} empty`);
  if (sampling.mode === "nearest") {
    const ours = nearestIndices(input, output, mode);
    return nearestOfAxis(axis, sampling).every((index, i) => index === ours[i]);
  }
  const clamp = (x: number) => Math.min(Math.max(x, 0), input - 1);
  const positions = Array.from({ length: output }, (_, i) => positionOf(axis, sampling.coordinates, i));
  const { lower, weight } = resizeAxis(input, output, mode);
  const tolerance = input * 2 ** -22;
  return positions.every((x, i) => Math.abs(clamp(x) - ((lower[i] as number) + (weight[i] as number))) <= tolerance);
}
