import { ShapeError } from "../../../core/errors.js";
import { withLast } from "../../common/layout.js";
import type { Call } from "../call.js";
import { padded } from "./conv.js";

const PLAIN = { activation: "none", unsigned: false } as const;

/** Local response normalization; alpha is divided by the size of the window. */
export function lrn(call: Call): void {
  const p = call.parameters("lrnParam");
  const { localSize = 5, alpha = 1, beta = 0.75, k = 1 } = p;
  call.expect(1);
  const value = call.real(0);
  call.pictures(value);
  if (localSize < 1 || localSize % 2 === 0 || localSize > 65535) {
    throw new ShapeError(`its local_size ${localSize} must be odd`);
  }
  const half = (localSize - 1) / 2;
  if (p.normRegion === "WITHIN_CHANNEL") {
    withinChannel(call, localSize, alpha, beta);
    return;
  }
  const layout = withLast(value.layout, 1);
  const attributes = { before: half, after: half, alpha: alpha / localSize, beta, bias: k };
  call.emit("lrn", [call.writer.tensor(value, layout)], attributes, layout);
}

/** x · (1 + alpha · mean of x² over a square window with zeros around the picture)^−beta. */
function withinChannel(call: Call, size: number, alpha: number, beta: number): void {
  const value = call.real(0);
  const layout = call.pictures(value);
  const input = call.writer.tensor(value, layout);
  const half = (size - 1) / 2;
  const squares = call.writer.value(
    value.name,
    call.helper("unary", "squares", [input], { function: "square" }),
    layout,
  );
  const around = call.writer.tensor(half === 0 ? squares : padded(call, squares, [half, half], "pad"), layout);
  const window = { filter: [size, size], stride: [1, 1], padding: [0, 0, 0, 0], ...PLAIN };
  const mean = call.helper("average_pool2d", "mean", [around], window);
  const scaled = call.helper("mul", "scaled", [mean, call.scalar("alpha", alpha)], PLAIN);
  const sum = call.helper("add", "sum", [scaled, call.scalar("one", 1)], PLAIN);
  const factor = call.helper("pow", "factor", [sum, call.scalar("exponent", -beta)], {});
  call.emit("mul", [input, factor], PLAIN, layout);
}

/** Along one axis, by default that of the channels. */
export function softmax(call: Call): void {
  const { axis = 1 } = call.parameters("softmaxParam");
  call.expect(1);
  const value = call.real(0);
  const layout = withLast(value.layout, call.axis(axis, value.rank));
  call.emit("softmax", [call.writer.tensor(value, layout)], { beta: 1, unsigned: false }, layout);
}
