import { UnsupportedOpError } from "../../../core/errors.js";
import type { Shape } from "../../../core/shape.js";
import type { Call } from "../call.js";

/**
 * [top, left, bottom, right] for SAME or VALID. SAME keeps ⌈in / stride⌉ positions; when the total is odd the extra
 * row or column goes to the end.
 */
export function padding(
  call: Call,
  field: number,
  input: Shape,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): number[] {
  const mode = call.options.int8(field);
  if (mode === 1) return [0, 0, 0, 0];
  if (mode !== 0) throw new UnsupportedOpError("padding", `its padding mode ${mode} is neither SAME nor VALID`);
  const sides = [0, 1].map((i) => {
    const [size, step, k] = [input[i + 1] ?? 0, stride[i] || 1, kernel[i] ?? 0];
    const extent = (k - 1) * (dilation[i] ?? 1) + 1;
    const total = Math.max(0, (Math.ceil(size / step) - 1) * step + extent - size);
    return [total >> 1, total - (total >> 1)] as const;
  });
  const [rows, columns] = sides as [readonly [number, number], readonly [number, number]];
  return [rows[0], columns[0], rows[1], columns[1]];
}

/** AVERAGE_POOL_2D and MAX_POOL_2D. */
export function pool(op: "average_pool2d" | "max_pool2d"): (call: Call) => void {
  return (call) => {
    const stride = [call.options.int32(2), call.options.int32(1)];
    const filter = [call.options.int32(4), call.options.int32(3)];
    const attributes = {
      filter,
      stride,
      padding: padding(call, 0, call.shape(0), filter, stride, [1, 1]),
      activation: call.activation(5),
      unsigned: call.unsigned,
    };
    call.emit(op, [call.tensor(0)], attributes);
  };
}
