import { elementCount } from "../core/shape.js";
import type { ByteType } from "../core/tables.js";
import { LUT_ARGS, VCLAMP_S8_ARGS, VLRELU_S8_ARGS } from "./args.generated.js";
import { blocksOf } from "./block.js";
import { type NodePlan, type PrepareCall, step } from "./kernel.js";

/** An int8 op that is ((x − inputZeroPoint) · factor + 128 >> 8) + outputZeroPoint, as (23) and (29) are. */
export interface Rescale {
  readonly inputZeroPoint: number;
  readonly outputZeroPoint: number;
  /** 8.8 factors for x ≥ inputZeroPoint and below, −32767…32768: the kernel takes them negated. */
  readonly positive: number;
  readonly negative: number;
}

/**
 * An op from one int8 or uint8 tensor to another, given as its 256 results by stored value & 255. The table decides
 * how it runs: not at all, as a clamp, as `rescale` if that is given, or by looking up.
 */
export function planLookup(call: PrepareCall<unknown>, table: Int8Array | Uint8Array, rescale?: Rescale): NodePlan {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const length = elementCount(output.shape);
  const tiles = blocksOf(length);
  const inPlace = [0];

  const clamp = findClamp(table, input.dtype as ByteType, output.dtype as ByteType);
  if (clamp) {
    const isIdentity = input.dtype === output.dtype && clamp.min === -128 && clamp.max === 127;
    return {
      inPlace,
      ...(isIdentity && { alias: 0 }),
      steps: (at) => [
        step("s8_vclamp", VCLAMP_S8_ARGS, { ...clamp, input: at.input(0), output: at.output(0), length }, tiles),
      ],
    };
  }
  if (rescale) {
    const values = { ...rescale, positive: -rescale.positive, negative: -rescale.negative, length };
    return {
      inPlace,
      steps: (at) => [
        step("qs8_vlrelu", VLRELU_S8_ARGS, { ...values, input: at.input(0), output: at.output(0) }, tiles),
      ],
    };
  }
  return {
    constants: [new Uint8Array(table.buffer, table.byteOffset, 256)],
    inPlace,
    steps: (at) => {
      const values = { input: at.input(0), output: at.output(0), table: at.constant(0), length };
      return [step("x8_lut", LUT_ARGS, values, tiles)];
    },
  };
}

/** Arguments with which clamp(x ^ inputFlip, min, max) ^ outputFlip on int8 gives the table, if there are any. */
function findClamp(table: Int8Array | Uint8Array, input: ByteType, output: ByteType) {
  const inputFlip = input === "uint8" ? 0x80 : 0;
  const outputFlip = output === "uint8" ? 0x80 : 0;
  const result = (x: number) => ((table[(x ^ inputFlip) & 255]! ^ outputFlip) << 24) >> 24;
  const [min, max] = [result(-128), result(127)];
  for (let x = -128; x < 128; x++) if (result(x) !== Math.min(Math.max(x, min), max)) return undefined;
  return { inputFlip, outputFlip, min, max };
}
