import { expect, test } from "vitest";
import type { TensorType } from "../../host/core/model.js";
import { GraphBuilder } from "../../host/graph/builder.js";
import { explain } from "../../host/graph/explain.js";

const int8 = { scale: [0.5], zeroPoint: 0 };

/** quantize, relu, dequantize, tanh: from float32 to float32. */
function mixed() {
  const builder = new GraphBuilder({ name: "mixed", description: "", numerics: "xnnpack" });
  const x = builder.input({ name: "x", dtype: "float32", shape: [4] } as TensorType);
  const node = (
    op: string,
    from: number,
    attributes: object,
    output: object,
    numerics: "xnnpack" | "tflite" = "xnnpack",
  ) =>
    builder.node({
      op,
      name: op,
      numerics,
      inputs: [from],
      attributes: attributes as never,
      outputs: [output as never],
    })[0] as number;
  const small = node("quantize", x, {}, { name: "small", dtype: "int8", quantization: int8 });
  const cut = node("relu", small, { activation: "relu" }, { name: "cut", dtype: "int8", quantization: int8 }, "tflite");
  const real = node("dequantize", cut, {}, { name: "real", dtype: "float32" });
  builder.output(node("tanh", real, { unsigned: false }, { name: "y", dtype: "float32" }));
  return builder.build();
}

test("what each node runs in and why, as the graph shows it", () => {
  expect(explain(mixed())).toEqual([
    { node: "quantize", op: "quantize", runsIn: "float32", why: "turns float32 into int8" },
    { node: "relu", op: "relu", runsIn: "int8", why: "computes as tflite does: xnnpack has no relu" },
    { node: "dequantize", op: "dequantize", runsIn: "float32", why: "turns int8 into float32" },
    { node: "tanh", op: "tanh", runsIn: "float32", why: 'the model computes "real" in float32' },
  ]);
});

test("what an importer knows counts more, and notes about other nodes are passed over", () => {
  const notes = [
    { node: "tanh", reason: "no QuantizeLinear follows it" },
    { node: "gone", reason: "it was folded" },
  ];
  const whys = explain(mixed(), notes).map(({ why }) => why);
  expect(whys.at(-1)).toBe("no QuantizeLinear follows it");
  expect(whys).toHaveLength(4);
});
