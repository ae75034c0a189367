import { clampRange } from "../core/activation.js";
import { onnxSoftmaxSteps, onnxSoftmaxTable } from "../core/onnx-softmax.js";
import { type Activation, activationRange } from "../core/op.js";
import { perTensor } from "../core/quantization.js";
import { elementCount } from "../core/shape.js";
import { DEQUANTIZE_ARGS, QUANTIZE_ONNX_ARGS, SOFTMAX_ONNX_ARGS, VBINARY_ONNX_ARGS } from "./args.generated.js";
import { blocksOf } from "./block.js";
import { planBroadcast } from "./broadcast.js";
import { type Addresses, type NodePlan, type PrepareCall, step } from "./kernel.js";
import { roundUp } from "./pack.js";
import { type PoolWindow, planPool } from "./pool.js";
import { planUnary } from "./unary.js";

interface Fused {
  readonly activation: Activation;
  readonly unsigned: boolean;
}

/** What is added to a quotient before it is rounded, and what after: (101) adds the zero point before. */
function rounding(zeroPoint: number, unsigned: boolean) {
  const shift = unsigned ? 128 : 0;
  return { early: zeroPoint + shift, late: -shift };
}

/** (102), (103), (104). */
export function planOnnxBinary(op: "add" | "sub" | "mul", call: PrepareCall<Fused>): NodePlan {
  const { activation, unsigned } = call.attributes;
  const { shape, inPlace, tiles, operands, swapped } = planBroadcast(call);
  const [a, b, output] = [...call.inputs, ...call.outputs].map((t) => perTensor(t!.quantization, `"${t!.name}"`));
  const first = { zeroPoint: a!.zeroPoint, scale: a!.scale };
  const second = { zeroPoint: b!.zeroPoint, scale: op === "sub" ? -b!.scale : b!.scale };
  const [left, right] = swapped ? [second, first] : [first, second];
  const values = {
    ...clampRange(activation, call.outputs[0]!.quantization, "onnx", unsigned),
    zeroPointA: left.zeroPoint,
    zeroPointB: right.zeroPoint,
    scaleA: left.scale,
    scaleB: right.scale,
    scale: output!.scale,
    ...(op === "sub" ? { early: 0, late: output!.zeroPoint } : rounding(output!.zeroPoint, unsigned)),
  };
  const kernel = op === "mul" ? "qs8_vmul_onnx" : "qs8_vadd_onnx";
  return {
    constants: [shape],
    inPlace,
    steps: (at) => [step(kernel, VBINARY_ONNX_ARGS, { ...operands(at), ...values }, tiles)],
  };
}

/** (27) in "onnx". */
export function planOnnxQuantize(call: PrepareCall<unknown>): NodePlan {
  const output = call.outputs[0]!;
  const { scale, zeroPoint } = perTensor(output.quantization, `"${output.name}"`);
  const place = output.dtype === "uint8" ? { flip: 0x80, late: zeroPoint - 128 } : { flip: 0, late: zeroPoint };
  const values = { ...place, scale, early: 0, min: -128, max: 127 };
  return planUnary(call, "f32_qs8_vcvt_onnx", QUANTIZE_ONNX_ARGS, () => values);
}

/** (106): real numbers, their means, and those quantized. */
export function planOnnxAveragePool(call: PrepareCall<Fused & PoolWindow>): NodePlan {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const { activation, unsigned } = call.attributes;
  const [from, to] = [input, output].map((tensor) => perTensor(tensor.quantization, `"${tensor.name}"`));
  const [read, written] = [elementCount(input.shape), elementCount(output.shape)];
  const pool = planPool("f32_avgpool", input.shape, output.shape, call.attributes, activationRange("none"));
  const means = roundUp(read * 4, 64) + 64;
  const quantize = {
    ...clampRange(activation, output.quantization, "onnx", unsigned),
    ...rounding(to!.zeroPoint, unsigned),
    flip: 0,
    scale: to!.scale,
    length: written,
  };
  const dequantize = { flip: 0, zeroPoint: from!.zeroPoint, scale: from!.scale, length: read };
  return {
    sharedBytes: means + roundUp(written * 4, 64) + 64,
    steps: (at) => {
      const inside: Addresses = { ...at, input: () => at.shared, output: () => at.shared + means };
      const [reals, results] = [
        { input: at.input(0), output: at.shared },
        { input: at.shared + means, output: at.output(0) },
      ];
      return [
        step("qs8_f32_vcvt", DEQUANTIZE_ARGS, { ...dequantize, ...reals }, blocksOf(read)),
        ...pool.steps(inside),
        step("f32_qs8_vcvt_onnx", QUANTIZE_ONNX_ARGS, { ...quantize, ...results }, blocksOf(written)),
      ];
    },
  };
}

/** (107). */
export function planOnnxSoftmax(call: PrepareCall<unknown>): NodePlan {
  const [input, output] = [call.inputs[0]!, call.outputs[0]!];
  const length = input.shape.at(-1) ?? 1;
  const { scale, zeroPoint } = perTensor(output.quantization, `"${output.name}"`);
  const table = onnxSoftmaxTable(perTensor(input.quantization, `"${input.name}"`).scale, length);
  const values = { length, steps: onnxSoftmaxSteps(scale), zeroPoint };
  return {
    constants: [new Uint8Array(table.buffer)],
    inPlace: [0],
    steps: (at) => {
      const addresses = { input: at.input(0), output: at.output(0), table: at.constant(0) };
      return [
        step("qs8_softmax_onnx", SOFTMAX_ONNX_ARGS, { ...addresses, ...values }, elementCount(input.shape) / length),
      ];
    },
  };
}
