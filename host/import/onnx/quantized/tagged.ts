import { QuantizationError, ShapeError, UnsupportedOpError } from "../../../core/errors.js";
import { isByte, type Quantization, RAW, Value } from "../value.js";
import { readParameters, sameParameters, shownParameters, weightObstacle } from "./parameters.js";

/** The same value with a scale and zero point. A computed one has them already, and they must be the same. */
export function tagged(value: Value, quantization: Quantization): Value {
  if (sameParameters(value.quantization, quantization)) return value;
  if (value.isConstant) {
    return new Value(value.name, value.type, value.shape, () => value.constant!, { quantization });
  }
  const known = value.quantization ?? RAW;
  if (quantization.scale.length === 1 && quantization.zeroPoint.length === 1 && sameParameters(known, quantization)) {
    return value;
  }
  const [here, there] = [shownParameters(quantization), shownParameters(known)];
  throw new QuantizationError(`it reads ${value.label} with ${here}; where that is computed it has ${there}`);
}

/**
 * A value of 8 bits as an operator reads it, with the scale it names; a list of scales is along axis `channels`. `isRaw`
 * operators name none and count in steps of 1.
 */
export function withParameters(
  value: Value,
  scale: Value | undefined,
  zeroPoint: Value | undefined,
  isRaw: boolean,
  channels?: number,
): Value {
  if (!isByte(value.type)) throw new UnsupportedOpError("tensor-type", `its input ${value.label} is ${value.type}`);
  if (zeroPoint !== undefined && zeroPoint.type !== value.type) {
    throw new UnsupportedOpError(
      "types",
      `its input ${value.label} is ${value.type} and the zero point ${zeroPoint.label} ${zeroPoint.type}`,
    );
  }
  const points = isRaw ? zeroPoint?.constant?.data : undefined;
  if (points?.some((point) => point !== points[0])) {
    throw new UnsupportedOpError(
      "quantization",
      `its zero point ${zeroPoint?.label} has several values; one is supported`,
    );
  }
  const one = new Value("1", "FLOAT", [], { type: "FLOAT", shape: [], data: Float32Array.of(1) });
  const { axis, ...parameters } = readParameters({ scale: isRaw ? one : scale, zeroPoint });
  if (axis === undefined) return tagged(value, parameters);
  const count = parameters.scale.length;
  if (channels === undefined) {
    throw new QuantizationError(`its input ${value.label} has ${count} scales; activations have one`);
  }
  if (value.shape[channels] !== count) {
    throw new ShapeError(
      `its weights ${value.label} have ${count} scales for ${value.shape[channels]} output channels`,
    );
  }
  const weights = tagged(value, { ...parameters, axis: channels });
  const obstacle = weightObstacle(weights, channels);
  if (obstacle !== undefined) throw new UnsupportedOpError("quantization", obstacle);
  return weights;
}
