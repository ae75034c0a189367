import { expect, test } from "vitest";
import type { ModelData, Tensor } from "../../host/core/model.js";
import { computeLifetimes } from "../../host/plan/lifetimes.js";
import { planMemory } from "../../host/plan/memory.js";
import type { NodePlan } from "../../host/wasm/kernel.js";

const tensor = (name: string, elements = 64): Tensor => ({ name, dtype: "float32", shape: [elements] });
const PLAIN: NodePlan = { steps: () => [] };

/** A chain of nodes t0 → t1 → …; the first tensor is the model's input, the last its output. */
function chain(length: number): ModelData {
  return {
    name: "chain",
    description: "",
    numerics: "xnnpack",
    tensors: Array.from({ length: length + 1 }, (_, i) => tensor(`t${i}`)),
    nodes: Array.from({ length }, (_, i) => ({
      op: "relu",
      name: `n${i}`,
      inputs: [i],
      outputs: [i + 1],
      attributes: {},
      numerics: "xnnpack" as const,
    })),
    inputs: [0],
    outputs: [length],
    labels: [],
    preprocessing: [undefined],
  };
}

test("model inputs live through the run, intermediates from their node to their last reader", () => {
  const { buffers, bufferOfTensor } = computeLifetimes(chain(3), [PLAIN, PLAIN, PLAIN], false);
  const life = (t: number) => [buffers[bufferOfTensor[t]!]!.firstUse, buffers[bufferOfTensor[t]!]!.lastUse];
  expect([0, 1, 2, 3].map(life)).toEqual([
    [0, 3],
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
});

test("in place: takes over an intermediate, never a model input", () => {
  const inPlace: NodePlan = { ...PLAIN, inPlace: [0] };
  const { bufferOfTensor } = computeLifetimes(chain(3), [inPlace, inPlace, inPlace], false);
  expect(bufferOfTensor[1]).not.toBe(bufferOfTensor[0]);
  expect(bufferOfTensor[2]).toBe(bufferOfTensor[1]);
  expect(bufferOfTensor[3]).toBe(bufferOfTensor[2]);
});

test("in place: not while somebody reads the input later", () => {
  const model = chain(3);
  const nodes = [...model.nodes];
  nodes[2] = { ...nodes[2]!, inputs: [1, 2] };
  const inPlace: NodePlan = { ...PLAIN, inPlace: [0] };
  const { bufferOfTensor } = computeLifetimes({ ...model, nodes }, [PLAIN, inPlace, PLAIN], false);
  expect(bufferOfTensor[2]).not.toBe(bufferOfTensor[1]);
});

test("alias: one buffer and no steps, unless the user would hold both ends", () => {
  const alias: NodePlan = { ...PLAIN, alias: 0 };
  const middle = computeLifetimes(chain(3), [PLAIN, alias, PLAIN], false);
  expect(middle.aliased).toEqual([false, true, false]);
  expect(middle.bufferOfTensor[2]).toBe(middle.bufferOfTensor[1]);
  expect(computeLifetimes(chain(1), [alias], false).aliased).toEqual([false]);
  expect(computeLifetimes(chain(2), [alias, alias], false).aliased).toEqual([true, false]);
});

test("keepAll: every tensor has a buffer of its own to the end", () => {
  const alias: NodePlan = { ...PLAIN, alias: 0, inPlace: [0], scratchBytes: 10 };
  const { buffers, aliased } = computeLifetimes(chain(3), [alias, alias, alias], true);
  expect(aliased).toEqual([false, false, false]);
  expect(buffers.filter(({ lastUse }) => lastUse === 3)).toHaveLength(4);
  expect(buffers).toHaveLength(7);
});

test("a model over the limit is refused with its size, the limit and its largest tensor", () => {
  const plan = () => planMemory(chain(2), [PLAIN, PLAIN], new Set(), { maxBytes: 1000 });
  expect(plan).toThrow(/needs \d+ bytes of linear memory, the limit is 1000; its largest tensor is "t0" \[64\]/);
});
