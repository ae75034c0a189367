import { elementCount } from "../../../core/shape.js";
import { shaped } from "../blob.js";
import type { Call } from "../call.js";
import type { Grids } from "../ristretto.js";
import { biasOf, outputsOf, rearranged } from "./conv.js";
import { emitProducts } from "./product.js";

/**
 * The axes from `axis` on are one row. Weights are [outC, rows], or the other way round with `transpose`; their columns
 * are put in the order in which the picture lies, so that nothing is moved to flatten it.
 */
export function innerProduct(call: Call, grids: Grids | undefined): void {
  const p = call.parameters("innerProductParam");
  call.expect(1);
  const value = call.value(0);
  const outC = outputsOf(p.numOutput);
  const axis = call.axis(p.axis ?? 1, value.rank);
  const inner = value.shape.slice(axis);
  const inC = elementCount(inner);
  const isTransposed = p.transpose ?? false;
  const blob = call.blob(0, "weights");
  const numbers = shaped(blob, isTransposed ? [inC, outC] : [outC, inC], "weights");
  const rows = isTransposed ? rearranged(numbers, [inC, outC], [1, 0]) : numbers;
  const bias = biasOf(call, p.biasTerm ?? true, outC);
  // Leading axes in the file's order, then the inner ones in the order they are there.
  const order = value.layout.filter((other) => other >= axis);
  const outer = Array.from({ length: axis }, (_, i) => i);
  const input = call.writer.tensor(value, [...outer, ...order]);
  const flat = call.helper(
    "reshape",
    "flat",
    [input],
    { shape: [...value.shape.slice(0, axis), inC] },
    call.writer.type(input),
  );
  const layout = [...outer, axis];
  emitProducts(
    call,
    [call.writer.value(value.name, flat, layout, value.grid)],
    {
      op: "fully_connected",
      attributes: { activation: "none", unsigned: false },
      weights: rearranged(rows, [outC, ...inner], [0, ...order.map((other) => other - axis + 1)]),
      shape: [outC, inC],
      channelAxis: 0,
      bias,
      layout,
    },
    grids,
  );
}
