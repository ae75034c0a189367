import { elementCount } from "../../../core/shape.js";
import type { Grids } from "../ristretto.js";
import type { Grid, Ties } from "../value.js";
import type { Product } from "./product.js";

/** How a fixed-point product is computed in integers: acc = Σ x·w + bias, and y = acc · 2^−n. */
export interface IntegerPlan {
  /** Of the activations as they are read: 8 bits, or 16 where anything has more. */
  readonly grid: Grid;
  readonly weights: Int8Array;
  /** Of the weights, per output channel. */
  readonly scales: number[];
  /** undefined where there is none, or where it is added to the sums later. */
  readonly bias: Float64Array | undefined;
  /**
   * "output": the product writes its result, int16 if its activations are. "rectified": it is right only up to the ReLU that follows, and has to contain
   * it. "sums": it writes int32 sums, which are scaled, and the bias added, in float32, because of what `reason` says.
   */
  readonly writes: "output" | "rectified" | "sums";
  readonly reason: string;
}

const wideReason = (x: Grid, output: Grid) => `its activations have ${Math.max(x.bits, output.bits)} bits`;

interface Request {
  /** The grid of the input, if it has one. */
  readonly x: Grid | undefined;
  readonly product: Product;
  /** Weights and biases on their grid. */
  readonly units: Int32Array;
  readonly biasUnits: Int32Array | undefined;
  readonly grids: Grids;
  /** Whether all that happens to the result is a ReLU. */
  readonly isRectified: boolean;
  readonly ties: Ties;
}

/** What decides about one channel. */
interface Channel {
  /** How far its weights are shifted left. */
  readonly shift: number;
  readonly bias: number;
  /** Whether the bias is one; else it is rounded down. */
  readonly isWhole: boolean;
}

/** float32 holds integers of so many bits. */
const FLOAT_BITS = 24;

/**
 * With fl_in below 0 a bias may be no integer in units of the sums. Weights have a scale per channel, so those of such a
 * channel are shifted left if there is room for it. If not, and a ReLU follows: with b = ⌊b⌋ + f, 0 < f < 1, and an
 * integer m = Σ x·w + ⌊b⌋, (m + f) · 2^−n is never a tie, and rounds as m · 2^−n does when ties go up. A scale that is the
 * next float32 above 2^−n takes positive ties up, and no m below 2^22 past another one; larger ones saturate while n is at
 * most 14. Negative ones end at 0 anyway, and so the same scale rounds ties away from zero. Without a ReLU, float32 adds such biases to the integer sums, and rounds them to
 * results of more than 8 bits.
 *
 * A string says why there is no plan.
 */
export function planIntegers({
  x,
  product,
  units,
  biasUnits,
  grids,
  isRectified,
  ties,
}: Request): IntegerPlan | string {
  const { op, shape, channelAxis } = product;
  const { parameters, output } = grids;
  if (x === undefined) return "its input has more than 16 bits";
  if (output.bits > 16) return `its output has ${output.bits} bits`;
  const wide = x.bits > 8;
  if (op === "transpose_conv" && (wide || output.bits > 8)) return wideReason(x, output);
  const channels = shape[channelAxis] as number;
  const inner = elementCount(shape.slice(channelAxis + 1));
  const largest = new Float64Array(channels);
  const totals = new Float64Array(channels);
  forEachWeight(units.length, channels, inner, (i, c) => {
    const w = units[i] as number;
    largest[c] = Math.max(largest[c] as number, w < 0 ? -w - 1 : w);
    totals[c] = (totals[c] as number) + Math.abs(w);
  });
  if (largest.some((most) => most > 127)) return `its weights have ${parameters.bits} bits`;
  const all = Array.from(largest, (most, c) => channelPlan(most, (biasUnits?.[c] ?? 0) * 2 ** x.fraction));
  const excess = (shift: number) => x.fraction + parameters.fraction + shift - output.fraction;
  const odd = all.findIndex(({ isWhole }) => !isWhole);
  // Kernels round ties to even; where they are to go away from zero, a nudge takes all channels' up.
  const isNudged = ({ shift, isWhole }: Channel) => !isWhole || (ties === "away" && excess(shift) > 0);
  const mayNudge = (channel: Channel) =>
    isRectified && !wide && excess(channel.shift) >= 1 && excess(channel.shift) <= 14;
  const isOutput = all.every((channel) => !isNudged(channel) || mayNudge(channel));
  const reason =
    wide || output.bits > 8
      ? wideReason(x, output)
      : odd === -1
        ? "its ties go away from zero"
        : `the bias of channel ${odd} lies between two units of its sums, 2^${-excess(0) - output.fraction}`;
  if (!isOutput && (wide || op === "transpose_conv")) return reason;
  const isSums = !isOutput || (output.bits > 8 && !wide);
  const writes = isSums ? "sums" : all.some(isNudged) ? "rectified" : "output";
  const plan = writes === "sums" ? all.map(() => ({ shift: 0, bias: 0, isWhole: true })) : all;
  // Units that a float32 sum of an integer and a bias may have beyond those of the integer.
  const spare = writes === "sums" ? Math.max(0, -x.fraction) : 0;
  // Products and bias, of which a float32 sum may have a part.
  const most = plan.map(({ shift }, c) => {
    const bias = Math.abs(biasUnits?.[c] ?? 0) * 2 ** (x.fraction + shift);
    return (totals[c] as number) * 2 ** (shift + x.bits - 1) + bias;
  });
  // What float32 holds it computes exactly, and rounds ties to even, which int16 kernels do not.
  if (wide && most.every((sum) => sum < 2 ** FLOAT_BITS)) return reason;
  // Beyond these int16 kernels have no arithmetic.
  if (wide && (units.length > 2 ** 24 || all.some(({ shift }) => excess(shift) < -6))) return reason;
  for (const [c, { shift, bias }] of plan.entries()) {
    const sum = most[c] as number;
    const bits = excess(shift) + spare;
    if (sum >= 2 ** 31 && !wide) return `the sums of channel ${c} may pass 2^31`;
    // Larger sums are rounded to float32 before they are scaled; that shows unless the result saturates anyway.
    if (sum >= 2 ** (FLOAT_BITS - spare) && bits > FLOAT_BITS - output.bits && !wide) {
      return `the sums of channel ${c} may pass 2^${FLOAT_BITS}, at ${bits} bits too many`;
    }
    if (Math.abs(bias) > 2 ** 46) return `the bias of channel ${c} passes 2^46`;
  }
  const weights = new Int8Array(units.length);
  forEachWeight(units.length, channels, inner, (i, c) => {
    weights[i] = (units[i] as number) << (plan[c] as Channel).shift;
  });
  return {
    grid: { bits: wide ? 16 : 8, fraction: x.fraction },
    weights,
    scales: plan.map(
      (channel) => 2 ** -(parameters.fraction + channel.shift) * (!isSums && isNudged(channel) ? 1 + 2 ** -23 : 1),
    ),
    bias: biasUnits && writes !== "sums" ? Float64Array.from(plan, ({ bias }) => bias) : undefined,
    writes,
    reason,
  };
}

/** Indices in order, each with that of its channel, which changes every `inner` elements. */
function forEachWeight(
  count: number,
  channels: number,
  inner: number,
  visit: (i: number, channel: number) => void,
): void {
  for (let i = 0; i < count; ) {
    for (let c = 0; c < channels; c++) {
      for (const end = i + inner; i < end; i++) visit(i, c);
    }
  }
}

/** Shifts weights of at most `most` as far as makes the bias an integer, if it does. */
function channelPlan(most: number, exact: number): Channel {
  let shift = 0;
  // Weights that are all 0 could be shifted for ever.
  while (!Number.isInteger(exact * 2 ** shift) && shift < 32 && most * 2 ** (shift + 1) <= 127) shift++;
  const bias = exact * 2 ** shift;
  return Number.isInteger(bias)
    ? { shift, bias, isWhole: true }
    : { shift: 0, bias: Math.floor(exact), isWhole: false };
}
