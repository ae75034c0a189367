import { ELEMENT_BYTES } from "../core/dtype.js";
import type { Tensor } from "../core/model.js";
import { elementCount } from "../core/shape.js";
import { planConvolution } from "./conv.js";
import type { Convolution } from "./convolution.js";
import { planFloatConvolution } from "./float-conv.js";
import type { NodePlan } from "./kernel.js";
import { planMove } from "./move.js";

/**
 * A transposed convolution of stride s is s × s convolutions of stride 1: the outputs o ≡ r (mod s) of an axis are
 * reached through the taps k with k · dilation ≡ r + padding (mod s) alone, and input o / s moves on with o. So no
 * product with an inserted zero is computed. Each convolution writes to shared memory, from where its outputs go to their
 * places.
 */
export function planTransposeConv(conv: Convolution): NodePlan {
  const rows = phasesOf(conv, 0);
  const columns = phasesOf(conv, 1);
  const parts = rows.flatMap((y) => columns.map((x) => planPart(conv, y, x)));
  // Outputs that no tap reaches are biases: a convolution that looks beside the input gives them.
  const isFull = rows.length === size(conv, 0) && columns.length === size(conv, 1);
  if (!isFull) parts.unshift({ plan: planBiases(conv) });
  return {
    // One each: its packed weights.
    constants: parts.flatMap(({ plan }) => plan.constants!),
    scratchBytes: Math.max(...parts.map(({ plan }) => plan.scratchBytes ?? 0)),
    sharedBytes: Math.max(...parts.map((part) => part.bytes ?? 0)),
    steps: (at) =>
      parts.flatMap(({ plan, place }, i) => {
        const target = place ? at.shared : at.output(0);
        const steps = plan.steps({ ...at, output: () => target, constant: () => at.constant(i) });
        return place ? [...steps, place(target, at.output(0))] : steps;
      }),
  };
}

/** The outputs first, first + stride, … of an axis, and the convolution along it that they are. */
interface Phase {
  readonly first: number;
  readonly count: number;
  /** Taps, from the last to the first: their inputs then follow each other. */
  readonly taps: readonly number[];
  readonly dilation: number;
  /** Of the convolution; negative where it begins inside the input. */
  readonly padding: number;
}

/** Outputs of an axis that a phase begins with. */
function size({ stride, outputShape }: Convolution, axis: number): number {
  return Math.min(stride[axis]!, outputShape[axis + 1]!);
}

/** The phases that have taps. */
function phasesOf(conv: Convolution, axis: number): Phase[] {
  const [stride, dilation, padding] = [conv.stride[axis]!, conv.dilation[axis]!, conv.padding[axis]!];
  const phases: Phase[] = [];
  for (let first = 0; first < size(conv, axis); first++) {
    const source = (tap: number) => (first + padding - tap * dilation) / stride;
    const taps: number[] = [];
    for (let tap = conv.kernel[axis]! - 1; tap >= 0; tap--) if (Number.isInteger(source(tap))) taps.push(tap);
    if (taps.length === 0) continue;
    phases.push({
      first,
      count: Math.ceil((conv.outputShape[axis + 1]! - first) / stride),
      taps,
      dilation: taps.length > 1 ? source(taps[1]!) - source(taps[0]!) : 1,
      padding: -source(taps[0]!),
    });
  }
  return phases;
}

interface Part {
  readonly plan: NodePlan;
  /** Of the part's outputs, where they are moved. */
  readonly bytes?: number;
  readonly place?: ReturnType<typeof planMove>;
}

function planPart(conv: Convolution, y: Phase, x: Phase): Part {
  const [batch, height, width, outC] = conv.outputShape as [number, number, number, number];
  const plan = planPlain({
    ...conv,
    ...tapsOf(conv, y.taps, x.taps),
    outputShape: [batch, y.count, x.count, outC],
    stride: [1, 1],
    dilation: [y.dilation, x.dilation],
    padding: [y.padding, x.padding, 0, 0],
  });
  if (conv.stride.every((stride) => stride === 1)) return { plan };
  const bytes = ELEMENT_BYTES[conv.output.dtype];
  const pixel = outC * bytes;
  const move = planMove(
    [
      { count: batch, from: y.count * x.count * pixel, to: height * width * pixel },
      { count: y.count, from: x.count * pixel, to: conv.stride[0]! * width * pixel },
      { count: x.count, from: pixel, to: conv.stride[1]! * pixel },
      { count: outC, from: bytes, to: bytes },
    ],
    bytes,
  );
  const offset = (y.first * width + x.first) * pixel;
  return {
    plan,
    bytes: batch * y.count * x.count * pixel,
    place: (from, to) => move(from, to + offset),
  };
}

/** Every output its bias: the one tap lies behind the input, where it reads nothing. */
function planBiases(conv: Convolution): NodePlan {
  const [, height, width] = conv.inputShape as [number, number, number];
  const beside = [-height, -width, 0, 0];
  return planPlain({ ...conv, ...tapsOf(conv, [0], [0]), stride: [1, 1], dilation: [1, 1], padding: beside });
}

function planPlain(conv: Convolution): NodePlan {
  return conv.output.dtype === "float32" ? planFloatConvolution(conv) : planConvolution(conv);
}

/** The weights of some rows and columns of the kernel. */
function tapsOf({ weights, kernel, weightStride }: Convolution, rows: readonly number[], columns: readonly number[]) {
  const [outC, , , groupIn] = weights.shape as [number, number, number, number];
  const bytes = ELEMENT_BYTES[weights.dtype];
  const run = groupIn * bytes;
  const shape = [outC, rows.length, columns.length, groupIn];
  const data = new Uint8Array(elementCount(shape) * bytes);
  let to = 0;
  for (let c = 0; c < outC; c++) {
    for (const ky of rows) {
      for (const kx of columns) {
        const from = c * weightStride.channel * bytes + (ky * kernel[1]! + kx) * run;
        data.set(weights.data!.subarray(from, from + run), to);
        to += run;
      }
    }
  }
  const part: Tensor = { ...weights, shape, data };
  return {
    weights: part,
    kernel: [rows.length, columns.length],
    weightStride: { channel: rows.length * columns.length * groupIn, depth: 1 },
  };
}
