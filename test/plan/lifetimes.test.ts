import { describe, expect, test } from "vitest";
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

describe("parts", () => {
  /** t0 (input) → t1, t2; whatever nodes are given; the last tensor is the output. */
  const graph = (sizes: readonly number[], nodes: readonly { inputs: number[]; outputs: number[] }[]): ModelData => ({
    ...chain(1),
    tensors: sizes.map((size, i) => tensor(`t${i}`, size)),
    nodes: nodes.map((node, i) => ({ ...chain(1).nodes[0]!, name: `n${i}`, ...node })),
    outputs: [sizes.length - 1],
  });
  const joins = (...offsets: number[]): NodePlan => ({ ...PLAIN, inputsInOutput: offsets });
  const parts = (...offsets: number[]): NodePlan => ({ ...PLAIN, outputsInInput: offsets });
  const inPlace: NodePlan = { ...PLAIN, inPlace: [0] };

  const concatenation = graph(
    [64, 16, 32, 48, 48],
    [
      { inputs: [0], outputs: [1] },
      { inputs: [0], outputs: [2] },
      { inputs: [1, 2], outputs: [3] },
      { inputs: [3], outputs: [4] },
    ],
  );

  test("the inputs of a concatenation live in its output, from the first one on", () => {
    const plans = [PLAIN, PLAIN, joins(0, 64), PLAIN];
    const { aliased, bufferOfTensor, offsetOfTensor, buffers } = computeLifetimes(concatenation, plans, false);
    expect(aliased).toEqual([false, false, true, false]);
    expect(bufferOfTensor.slice(1, 4)).toEqual(Array(3).fill(bufferOfTensor[3]));
    expect(offsetOfTensor.slice(1, 4)).toEqual([0, 64, 0]);
    expect(buffers[bufferOfTensor[3]!]).toMatchObject({ name: "t3", bytes: 192, firstUse: 0, lastUse: 3 });
    const kept = computeLifetimes(concatenation, plans, true);
    expect(kept.aliased).toEqual([false, false, false, false]);
  });

  test("not one of them twice, and none that is a part already", () => {
    const twice = graph(
      [64, 16, 32],
      [
        { inputs: [0], outputs: [1] },
        { inputs: [1, 1], outputs: [2] },
      ],
    );
    expect(computeLifetimes(twice, [PLAIN, joins(0, 64)], false).aliased).toEqual([false, false]);
    const again = graph(
      [64, 16, 32, 48, 48],
      [
        { inputs: [0], outputs: [1] },
        { inputs: [0], outputs: [2] },
        { inputs: [1, 2], outputs: [3] },
        { inputs: [2, 1], outputs: [4] },
      ],
    );
    const { aliased } = computeLifetimes(again, [PLAIN, PLAIN, joins(0, 64), joins(0, 128)], false);
    expect(aliased).toEqual([false, false, true, false]);
  });

  const splitting = (last: { inputs: number[]; outputs: number[] }) =>
    graph(
      [48, 48, 16, 32, 16, 16],
      [{ inputs: [0], outputs: [1] }, { inputs: [1], outputs: [2, 3] }, { inputs: [2], outputs: [4] }, last],
    );

  test("the outputs of a split live in its input", () => {
    const model = splitting({ inputs: [3], outputs: [5] });
    const { aliased, bufferOfTensor, offsetOfTensor } = computeLifetimes(
      model,
      [PLAIN, parts(0, 64), PLAIN, PLAIN],
      false,
    );
    expect(aliased).toEqual([false, true, false, false]);
    expect(bufferOfTensor.slice(1, 4)).toEqual(Array(3).fill(bufferOfTensor[1]));
    expect(offsetOfTensor.slice(1, 4)).toEqual([0, 0, 64]);
  });

  test("in place over a part: once nobody reads any other, and no further than the part", () => {
    const early = splitting({ inputs: [3], outputs: [5] });
    const plans = [PLAIN, parts(0, 64), inPlace, inPlace];
    const { bufferOfTensor, offsetOfTensor } = computeLifetimes(early, plans, false);
    expect(bufferOfTensor[4]).not.toBe(bufferOfTensor[1]);
    expect(bufferOfTensor[5]).toBe(bufferOfTensor[1]);
    expect(offsetOfTensor[5]).toBe(64);
    // The first part is in the way of 32 elements over 16.
    const larger = graph(
      [48, 48, 16, 32, 32],
      [
        { inputs: [0], outputs: [1] },
        { inputs: [1], outputs: [2, 3] },
        { inputs: [2, 3], outputs: [4] },
      ],
    );
    const { bufferOfTensor: buffer } = computeLifetimes(larger, [PLAIN, parts(0, 64), inPlace], false);
    expect(buffer[4]).not.toBe(buffer[1]);
  });

  test("a split of a model's input is no copy, unless a part is its output", () => {
    const model = graph(
      [48, 16, 32, 32],
      [
        { inputs: [0], outputs: [1, 2] },
        { inputs: [2], outputs: [3] },
      ],
    );
    expect(computeLifetimes(model, [parts(0, 64), inPlace], false)).toMatchObject({ aliased: [true, false] });
    const seen = { ...model, outputs: [1, 3] };
    expect(computeLifetimes(seen, [parts(0, 64), inPlace], false)).toMatchObject({ aliased: [false, false] });
  });

  test("concatenations of concatenations, thousands deep, take no time", () => {
    const depth = 20_000;
    const sizes = [1, ...Array.from({ length: depth }, () => 1), ...Array.from({ length: depth }, (_, i) => i + 2)];
    const model = graph(sizes, [
      ...Array.from({ length: depth }, (_, i) => ({ inputs: [0], outputs: [i + 1] })),
      ...Array.from({ length: depth - 1 }, (_, i) => ({
        inputs: [i === 0 ? 1 : depth + i, i + 2],
        outputs: [depth + 1 + i],
      })),
    ]);
    const plans = model.nodes.map((_, i) => (i < depth ? PLAIN : joins(0, 4 * (i - depth + 1))));
    const begin = performance.now();
    const { aliased, offsetOfTensor } = computeLifetimes(model, plans, false);
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(aliased.filter(Boolean)).toHaveLength(depth - 1);
    expect(offsetOfTensor.slice(1, depth + 1)).toEqual(Array.from({ length: depth }, (_, i) => 4 * i));
  });
});
