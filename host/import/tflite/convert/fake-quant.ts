import { QuantizationError, UnsupportedOpError } from "../../../core/errors.js";
import { roundHalfEven } from "../../../core/rounding.js";
import type { Call } from "../call.js";
import { type FakeQuant, fakeQuant } from "../fake-quant.js";
import { graphQuantization, isQuantized, sameParameters } from "../value.js";

/** How much coarser than the tensor's own a grid may be to count as the same: scales are rounded to float32 on their way. */
const SAME_GRID = 1.001;

/** FAKE_QUANT, which training for quantization leaves behind. */
export function fakeQuantize(call: Call): void {
  const grid = fakeQuant(call.options);
  if (isQuantized(call.value(0))) restrict(call, grid);
  else if (call.value(0).type === "FLOAT32") compute(call, grid);
  else throw new UnsupportedOpError("types", `it computes on ${call.value(0).type}`);
}

/** Stored values are on the grid already, so that its ends are all that is left of it; most often those are the type's. */
function restrict(call: Call, { scale, low, high }: FakeQuant): void {
  const [input, output] = [call.value(0), call.output];
  const { type } = input;
  if (type === "INT16")
    throw new UnsupportedOpError("types", "it computes on INT16; qbin has it for 8 bits and float32");
  if (!isQuantized(output) || !sameParameters(input, output)) {
    throw new QuantizationError("its input and output differ in scale or zero point");
  }
  const { scale: scales, zeroPoint } = graphQuantization(input)!;
  const step = scales[0] as number;
  if (scale > step * SAME_GRID) {
    throw new UnsupportedOpError("grid", `its steps are ${scale}, coarser than those of its tensor, ${step}`);
  }
  const [first, last] = [low, high].map((end) => roundHalfEven(end / step) + zeroPoint) as [number, number];
  const x = call.tensor(0);
  if (first <= -128 && last >= 127) {
    call.emit("reshape", [x], { shape: input.shape });
    return;
  }
  const bound = (name: string, value: number) => {
    return call.scalar(name, Int8Array.of(Math.min(Math.max(value, -128), 127)), input);
  };
  const raised = call.helper("maximum", "raised", [x, bound("first", first)], {}, input);
  call.emit("minimum", [raised, bound("last", last)], {});
}

/** Eight plain steps with the bits of TFLite's kernel: halves go up by ⌈⌊2t⌋ / 2⌉, since t is never negative. */
function compute(call: Call, { scale, low, high }: FakeQuant): void {
  const value = call.value(0);
  const sum = { activation: "none", unsigned: false };
  const real = (name: string, number: number) => call.scalar(name, Float32Array.of(number));
  const bottom = real("low", low);
  const clipped = call.helper("clip", "clipped", [call.tensor(0)], { min: low, max: high }, value);
  const moved = call.helper("sub", "moved", [clipped, bottom], sum, value);
  const doubled = call.helper("mul", "doubled", [moved, real("factor", 2 * Math.fround(1 / scale))], sum, value);
  const halves = call.helper("unary", "halves", [doubled], { function: "floor" }, value);
  const steps = call.helper("mul", "steps", [halves, real("half", 0.5)], sum, value);
  const code = call.helper("unary", "code", [steps], { function: "ceil" }, value);
  const scaled = call.helper("mul", "scaled", [code, real("scale", scale)], sum, value);
  call.emit("add", [scaled, bottom], sum);
}
