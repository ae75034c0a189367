import { type DType, ELEMENT_BYTES } from "../../core/dtype.js";
import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import { DEQUANTIZE_ARGS, VCAST_ARGS } from "../../wasm/args.generated.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planBlock } from "../../wasm/move.js";
import { planUnary } from "../../wasm/unary.js";
import type { cast } from "./op.js";

/** The largest value of a type that a float32 may exceed. */
const MOST: Readonly<Partial<Record<DType, number>>> = {
  int8: 127,
  uint8: 255,
  int32: 2 ** 31 - 1,
  int64: -1,
  float32: 0,
};

export const prepareCast: Prepare<AttributesOf<typeof cast>> = (call) => {
  const [from, to] = [call.inputs[0]!.dtype, call.outputs[0]!.dtype];
  if (from === to) {
    const move = planBlock(elementCount(call.outputs[0]!.shape) * ELEMENT_BYTES[to]);
    return { alias: 0, steps: (at) => [move(at.input(0), at.output(0))] };
  }
  if (to === "float32" && (from === "int8" || from === "uint8")) {
    const place = from === "uint8" ? { flip: 0x80, zeroPoint: -128 } : { flip: 0, zeroPoint: 0 };
    return planUnary(call, "qs8_f32_vcvt", DEQUANTIZE_ARGS, () => ({ ...place, scale: 1 }));
  }
  const bytes = (type: typeof from) => (type === "float32" ? 0 : ELEMENT_BYTES[type]);
  const values = { from: bytes(from), to: bytes(to), isUnsigned: from === "uint8" ? 1 : 0, most: MOST[to]! };
  return {
    ...planUnary(call, "vcast", VCAST_ARGS, () => values),
    inPlace: ELEMENT_BYTES[from] === ELEMENT_BYTES[to] ? [0] : [],
  };
};
