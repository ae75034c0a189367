import fc from "fast-check";
import { expect, test } from "vitest";
import { viewOf } from "../../host/core/dtype.js";
import type { ModelData } from "../../host/core/model.js";
import { elementCount } from "../../host/core/shape.js";
import { GraphBuilder } from "../../host/graph/builder.js";
import { runReference } from "../../host/reference/index.js";
import { loadFacets, needsMore } from "../../host/runtime/facets.js";
import { createSession } from "../../host/runtime/session.js";
import { compileModules } from "../../host/wasm/instantiate.js";
import { Random } from "../conformance/case.js";

/** Splits and concatenations whose parts lie in the whole, mixed with nodes that write over what they read. */
const CHANNELS = 3;
const TYPE = { dtype: "int8", quantization: { scale: [0.5], zeroPoint: 0 } } as const;

function randomGraph(random: Random): ModelData {
  const builder = new GraphBuilder({ name: "parts", description: "", numerics: "tflite" });
  const rows = (index: number) => builder.tensor(index).shape[1]!;
  const tensors: number[] = [];
  const unread = new Set<number>();
  const add = (op: string, inputs: number[], attributes: object, outputs = 1) => {
    const made = builder.node({
      op,
      name: op,
      numerics: "tflite",
      inputs,
      attributes: attributes as never,
      outputs: Array.from({ length: outputs }, () => ({ name: "t", ...TYPE })),
    });
    for (const index of inputs) unread.delete(index);
    for (const index of made) {
      tensors.push(index);
      unread.add(index);
    }
  };
  for (let i = 0; i < 2; i++)
    tensors.push(builder.input({ name: "x", ...TYPE, shape: [1, random.int(2, 40), CHANNELS] }));
  const any = () => tensors[random.int(0, tensors.length - 1)]!;
  const step = [
    () => add("relu", [any()], { activation: "relu6" }),
    () => {
      const a = any();
      const b = tensors.findLast((index) => index !== a && rows(index) === rows(a)) ?? a;
      add("add", [a, b], { activation: "none", unsigned: false });
    },
    () => {
      const index = any();
      add("reshape", [index], { shape: [1, rows(index), CHANNELS] });
    },
    () => {
      const index = any();
      const first = random.int(1, rows(index));
      const sizes = first < rows(index) ? [first, rows(index) - first] : [first];
      add("split", [index], { axis: 1, sizes }, sizes.length);
    },
    () => {
      const parts = Array.from({ length: random.int(1, 3) }, any);
      if (parts.reduce((sum, index) => sum + rows(index), 0) < 300) add("concatenation", parts, { axis: 1 });
    },
  ];
  for (let i = 0; i < 12; i++) step[random.int(0, step.length - 1)]!();
  if (unread.size === 0) add("relu", [any()], { activation: "relu" });
  for (const index of unread) builder.output(index);
  return builder.build();
}

test("random graphs of splits and concatenations compute what the references do, twice", async () => {
  let withoutCopy = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = new Random(seed);
      const model = randomGraph(random);
      await loadFacets(model);
      const modules = await compileModules("simd", needsMore(model));
      const { plan, memory, steps, execute } = createSession(model, "simd", modules, { maxBytes: 2 ** 24 });
      const values = (index: number) =>
        viewOf("int8", memory.buffer, plan.tensors[index]!, elementCount(model.tensors[index]!.shape)) as Int8Array;
      const inputs = model.inputs.map((index) => {
        const data = values(index);
        for (let i = 0; i < data.length; i++) data[i] = random.int(-128, 127);
        return data.slice();
      });
      const expected = runReference(model, inputs);
      for (let run = 0; run < 2; run++) {
        execute(0, steps.length);
        for (const index of [...model.inputs, ...model.outputs]) expect(values(index)).toEqual(expected[index]);
      }
      const isMove = (node: number) => ["split", "concatenation"].includes(model.nodes[node]!.op);
      withoutCopy += plan.aliased.filter((isAliased, node) => isAliased && isMove(node)).length;
    }),
    { numRuns: 500 },
  );
  expect(withoutCopy).toBeGreaterThan(500);
});
