import { clampRange } from "../core/activation.js";
import { type Activation, activationRange } from "../core/op.js";
import { perTensor } from "../core/quantization.js";
import { addConstants, addMultipliers } from "../core/requantize.js";
import { multiplyByQuantizedMultiplier, type QuantizedMultiplier } from "../core/rounding.js";
import { VADD_ARGS, VADD_F32_ARGS, VADD_TFLITE_ARGS } from "./args.generated.js";
import { type Broadcast, planBroadcast } from "./broadcast.js";
import { type NodePlan, type PrepareCall, step } from "./kernel.js";
import { rarePlans } from "./rare.js";

type Sum = PrepareCall<{ readonly activation: Activation; readonly unsigned: boolean }>;
type Sign = 1 | -1;

const SIGN_BIT = 1 << 31;

/** a + b for sign 1, a − b for sign −1. */
export function planSum(op: "add" | "sub", sign: Sign, call: Sum): NodePlan {
  const broadcast = planBroadcast(call);
  if (call.outputs[0]!.dtype === "float32") return floatSum(sign, call, broadcast);
  if (call.outputs[0]!.dtype === "int16") return rarePlans().planWideBinary(sign, call);
  if (call.numerics === "onnx") return rarePlans().planOnnxBinary(op, call);
  return call.numerics === "xnnpack" ? fixedSum(sign, call, broadcast) : tableSum(sign, call, broadcast);
}

/** The kernel adds; a difference flips the sign bit of input 1, whichever operand that is. */
function floatSum(sign: Sign, { attributes }: Sum, broadcast: Broadcast): NodePlan {
  const { shape, inPlace, tiles, operands, swapped } = broadcast;
  const flipped = sign < 0 ? SIGN_BIT : 0;
  const values = {
    ...activationRange(attributes.activation),
    signA: swapped ? flipped : 0,
    signB: swapped ? 0 : flipped,
  };
  return {
    constants: [shape],
    inPlace,
    steps: (at) => [step("f32_vadd", VADD_F32_ARGS, { ...operands(at), ...values }, tiles)],
  };
}

function fixedSum(sign: Sign, call: Sum, { shape, inPlace, tiles, operands, swapped }: Broadcast): NodePlan {
  const { a, b, output, range } = quantizationOf(call);
  const { bias, multiplierA, multiplierB, shift } = addConstants(a, b, output, sign);
  const values = {
    ...range,
    bias,
    multiplierA: swapped ? multiplierB : multiplierA,
    multiplierB: swapped ? multiplierA : multiplierB,
    shift,
    zeroPoint: output.zeroPoint,
  };
  return {
    constants: [shape],
    inPlace,
    steps: (at) => [step("qs8_vadd", VADD_ARGS, { ...operands(at), ...values }, tiles)],
  };
}

/** Of the three fixed-point products, those of the inputs depend on one byte each and become tables. */
function tableSum(sign: Sign, call: Sum, { shape, inPlace, tiles, operands, swapped }: Broadcast): NodePlan {
  const { a, b, output, range } = quantizationOf(call);
  const factors = addMultipliers(a.scale, b.scale, output.scale);
  const values = { ...range, ...factors.output, zeroPoint: output.zeroPoint };
  const constants = [shape, scaledTable(a.zeroPoint, factors.a, 1), scaledTable(b.zeroPoint, factors.b, sign)];
  return {
    constants,
    inPlace,
    steps: (at) => {
      const tableA = at.constant(swapped ? 2 : 1);
      const tableB = at.constant(swapped ? 1 : 2);
      return [step("qs8_vadd_tflite", VADD_TFLITE_ARGS, { ...operands(at), ...values, tableA, tableB }, tiles)];
    },
  };
}

function scaledTable(zeroPoint: number, factor: QuantizedMultiplier, sign: Sign): Uint8Array {
  const table = new Int32Array(256);
  for (let q = -128; q < 128; q++) {
    const x = Math.imul(q - zeroPoint, 1 << 20);
    table[q & 255] = sign * multiplyByQuantizedMultiplier(x, factor.multiplier, factor.shift);
  }
  return new Uint8Array(table.buffer);
}

function quantizationOf({ inputs, outputs, attributes, numerics }: Sum) {
  const [a, b, output] = [inputs[0]!, inputs[1]!, outputs[0]!].map((t) => perTensor(t.quantization, `"${t.name}"`));
  const range = clampRange(attributes.activation, outputs[0]!.quantization, numerics, attributes.unsigned);
  return { a: a!, b: b!, output: output!, range };
}
