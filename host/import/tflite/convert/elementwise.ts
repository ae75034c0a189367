import { UnsupportedOpError } from "../../../core/errors.js";
import type { Call } from "../call.js";
import { graphQuantization, isQuantized } from "../value.js";

/** ADD, SUB and MUL. */
export function binary(op: "add" | "sub" | "mul"): (call: Call) => void {
  return (call) => {
    const attributes = { activation: call.activation(0), unsigned: call.unsigned };
    if (op !== "mul") refuseShifts(call);
    call.emit(op, [call.tensor(0), call.tensor(1)], attributes);
  };
}

/** int16 sums whose scales are powers of two have an arithmetic of their own, unless the operator says otherwise. */
function refuseShifts(call: Call): void {
  const isPower = (scale: number) => Number.isInteger(Math.log2(scale));
  const values = [call.value(0), call.value(1), call.output];
  const mayShift = values.every((value) => value.type === "INT16") && call.options.bool(1, true);
  if (mayShift && values.every((value) => value.quantization?.scale.every(isPower))) {
    throw new UnsupportedOpError(
      "types",
      "it adds int16 by shifts (pot_scale_int16), which qbin has no arithmetic for",
    );
  }
}

/** The activations that stand alone. */
export function relu(activation: "relu" | "relu6" | "relu_n1_to_1"): (call: Call) => void {
  return (call) => call.emit("relu", [call.tensor(0)], { activation });
}

/** LOGISTIC and TANH. */
export function lookup(op: "logistic" | "tanh"): (call: Call) => void {
  return (call) => {
    const kernels = call.kernels(call.output.type === "INT8", "micro");
    call.emit(op, [call.tensor(0)], { unsigned: call.unsigned, ...kernels });
  };
}

export function leakyRelu(call: Call): void {
  const alpha = call.options.float32(0);
  const kernels = call.kernels(alpha < 0 && isQuantized(call.output), "reference");
  call.emit("leaky_relu", [call.tensor(0)], { alpha, ...kernels });
}

export function hardSwish(call: Call): void {
  call.emit("hard_swish", [call.tensor(0)], {});
}

export function softmax(call: Call): void {
  const kernels = call.kernels(isQuantized(call.output), "reference");
  call.emit("softmax", [call.tensor(0)], { beta: call.options.float32(0), unsigned: call.unsigned, ...kernels });
}

/**
 * QUANTIZE: from float32, or from one scale to another. uint8 to uint8 is computed on the shifted tensors, because that
 * is another arithmetic than between int8 and uint8; there, an end of the model that is uint8 can be taken as it is.
 */
export function quantize(call: Call): void {
  const [from, to] = [call.value(0), call.output];
  if (!isQuantized(to) || !(from.type === "FLOAT32" || isQuantized(from))) {
    throw new UnsupportedOpError("types", `it turns ${from.type} into ${to.type}`);
  }
  const kernels = call.kernels(to.type !== "INT16", "reference");
  if (from.type === "FLOAT32") call.emitQuantize("quantize", [call.tensor(0)], kernels);
  else if (from.type === to.type) call.emit("requantize", [call.tensor(0)], { arithmetic: "profile" });
  else call.emitQuantize("requantize", [call.unshifted(0)], { arithmetic: "profile" });
}

/** DEQUANTIZE: q and zero point shift together, so that a uint8 model input can be read as it is. */
export function dequantize(call: Call): void {
  graphQuantization(call.value(0));
  call.emit("dequantize", [call.unshifted(0)], {});
}
