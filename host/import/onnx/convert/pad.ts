import { ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { elementCount } from "../../../core/shape.js";
import { plain } from "../../common/layout.js";
import type { Call } from "../call.js";
import { requireElements } from "../shapes.js";
import { selected } from "./gather.js";

/** Elements before and behind one axis; negative where elements go away. */
type Sides = readonly [before: number, after: number];

/**
 * Pad: with zeros, with another number, or with what the tensor has inside. The number that fills values of 8 bits is one
 * of theirs, and their zero point is what counts as zero.
 */
export function pad(call: Call): void {
  const mode = call.attributes.text("mode", "constant");
  const fill = call.has(2) ? call.scalar(2, "value", 0) : call.attributes.float("value", 0);
  const { layout } = call.value(0);
  const sides = sidesOf(call);
  const input = cropped(call, call.tensor(0, layout), sides);
  const added = sides.map(([before, after]): Sides => [Math.max(0, before), Math.max(0, after)]);
  const zero = call.value(0).quantization?.zeroPoint[0] ?? 0;
  if (mode === "constant" && fill === zero) {
    call.emit("pad", [input], { padding: added.flat() }, layout);
    return;
  }
  const result = mode === "constant" ? filled(call, input, added, fill) : repeated(call, input, added, mode);
  call.emit("reshape", [result], { shape: call.graphShape(result) }, layout);
}

/** Per graph axis. The file lists all the befores, then all the afters, of all axes or of those it names. */
function sidesOf(call: Call): Sides[] {
  const { layout, rank } = call.value(0);
  const given = call.integersFrom("pads", 1, "pads") ?? [];
  const axes = (call.has(3) ? call.integers(3, "axes") : plain(rank)).map((axis) => call.axis(axis, rank));
  if (given.length !== 2 * axes.length) throw new ShapeError(`its pads [${given}] need two values per axis`);
  return layout.map((axis) => {
    const i = axes.indexOf(axis);
    return i === -1 ? [0, 0] : [given[i] as number, given[i + axes.length] as number];
  });
}

function cropped(call: Call, input: number, sides: readonly Sides[]): number {
  if (sides.every(([before, after]) => before >= 0 && after >= 0)) return input;
  const begin = sides.map(([before]) => Math.max(0, -before));
  const size = call
    .graphShape(input)
    .map((extent, g) => extent - (begin[g] as number) - Math.max(0, -(sides[g] as Sides)[1]));
  requireElements(size.map((extent) => Math.max(0, extent)));
  return call.helper("slice", "cropped", [input], { begin, size, stride: size.map(() => 1) });
}

/** Axis by axis, a block of the number on either side. */
function filled(call: Call, input: number, sides: readonly Sides[], fill: number): number {
  const { type } = call.value(0);
  return sides.reduce((x, [before, after], axis) => {
    if (before === 0 && after === 0) return x;
    const block = (count: number) => {
      const shape = call.graphShape(x).map((extent, g) => (g === axis ? count : extent));
      const data = new Float64Array(elementCount(shape)).fill(fill);
      return count === 0 ? [] : [call.parameter("fill", { type, shape, data }, call.targetType())];
    };
    return call.helper("concatenation", `axis${axis}`, [...block(before), x, ...block(after)], { axis });
  }, input);
}

/** Which elements stand along a padded axis: "edge" repeats the outermost, "reflect" turns round, "wrap" starts again. */
function repeated(call: Call, input: number, sides: readonly Sides[], mode: string): number {
  const place = PLACES[mode];
  if (place === undefined) throw new UnsupportedOpError("pad-mode", `its mode ${mode} is not supported`);
  const indices = call.graphShape(input).map((extent, axis) => {
    const [before, after] = sides[axis] as Sides;
    if (before === 0 && after === 0) return undefined;
    return Array.from({ length: before + extent + after }, (_, i) => place(i - before, extent));
  });
  return selected(call, input, indices);
}

const PLACES: Readonly<Record<string, (i: number, extent: number) => number>> = {
  edge: (i, extent) => Math.min(Math.max(i, 0), extent - 1),
  wrap: (i, extent) => ((i % extent) + extent) % extent,
  reflect(i, extent) {
    const period = Math.max(1, 2 * (extent - 1));
    const at = ((i % period) + period) % period;
    return Math.min(at, period - at) % extent;
  },
};
