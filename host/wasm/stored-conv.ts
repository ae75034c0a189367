import { ELEMENT_BYTES } from "../core/dtype.js";
import { UNPACK_ARGS } from "./args.generated.js";
import type { Convolution } from "./convolution.js";
import { type Addresses, type NodePlan, type Step, step } from "./kernel.js";
import { nibbleTable, packStored } from "./stored-weights.js";
import { UNPACK } from "./variants.js";

/**
 * Bytes of float32 weights that a node unpacks at a time, if a panel is not more: they are read again for every few pixels,
 * and this much stays in a cache.
 */
const UNPACKED_BYTES = 65536;

/** A stretch of panels: all output channels of some groups, or some channels of one. */
export interface Stretch {
  readonly firstGroup: number;
  readonly groups: number;
  /** Output channels of each group, and the first of them. */
  readonly groupOut: number;
  readonly firstChannel: number;
  /** Where its unpacked panels are. */
  readonly weights: number;
}

/**
 * Plans a float32 node whose weights are stored small: stretch by stretch they are unpacked into shared memory, bit for bit what
 * the reference makes of them, and the float32 kernel runs on what is there. The weights stay small in memory.
 *
 * @param width output channels of a panel, of which `unit` are unpacked together
 * @param compute the step that computes a stretch's output channels
 */
export function planStored(
  conv: Convolution,
  k: number,
  width: number,
  unit: number,
  compute: (at: Addresses, stretch: Stretch) => Step,
): NodePlan {
  const { bytes, panelBytes } = packStored(conv, k, width);
  const constants = ELEMENT_BYTES[conv.weights.dtype] < 1 ? [bytes, nibbleTable(conv)] : [bytes];
  const unpackedBytes = 4 * width * (1 + k);
  const { groups } = conv;
  const [batch, height, outputWidth, channels] = conv.outputShape as [number, number, number, number];
  const pixels = batch * height * outputWidth;
  const groupOut = channels / groups;
  const perGroup = Math.ceil(groupOut / width);
  const most = Math.max(1, Math.floor(UNPACKED_BYTES / unpackedBytes / unit)) * unit;
  const dtype = conv.weights.dtype as keyof typeof UNPACK;
  const steps = (at: Addresses) => {
    const made: Step[] = [];
    const add = (first: number, panels: number, stretch: Omit<Stretch, "weights">) => {
      const args = {
        source: at.constant(0) + first * panelBytes,
        panelBytes,
        target: at.shared,
        k,
        width,
        zeroPoint: conv.weights.quantization?.zeroPoint ?? 0,
        group: conv.weights.quantization?.group ?? 0,
        table: constants[1] ? at.constant(1) : 0,
      };
      const macs = pixels * k * stretch.groups * stretch.groupOut;
      made.push({ ...step(UNPACK[dtype], UNPACK_ARGS, args, panels), macs: 0 });
      made.push({ ...compute(at, { ...stretch, weights: at.shared }), macs });
    };
    if (perGroup < most) {
      const together = Math.min(groups, Math.floor(most / perGroup));
      for (let g = 0; g < groups; g += together) {
        const count = Math.min(together, groups - g);
        add(g * perGroup, count * perGroup, { firstGroup: g, groups: count, groupOut, firstChannel: 0 });
      }
      return made;
    }
    for (let g = 0; g < groups; g++) {
      for (let panel = 0; panel < perGroup; panel += most) {
        const firstChannel = panel * width;
        const count = Math.min(most * width, groupOut - firstChannel);
        add(g * perGroup + panel, Math.ceil(count / width), {
          firstGroup: g,
          groups: 1,
          groupOut: count,
          firstChannel,
        });
      }
    }
    return made;
  };
  const sharedBytes = Math.min(most, groups * perGroup) * unpackedBytes + SPILL;
  return { constants, sharedBytes, steps };
}

/** The last row of a panel whose width is no multiple of 8 is written that much too long. */
const SPILL = 32;
