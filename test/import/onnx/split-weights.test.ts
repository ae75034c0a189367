import { expect, test } from "vitest";
import { NodeAttributes } from "../../../host/import/onnx/attributes.js";
import { allocate, type Numbers } from "../../../host/import/onnx/constant.js";
import { splitWeights } from "../../../host/import/onnx/quantized/index.js";
import type { AttributeMessage } from "../../../host/import/onnx/schema.js";
import { Value } from "../../../host/import/onnx/value.js";

const room = (type: string, shape: readonly number[]) =>
  allocate(
    type,
    shape.reduce((a, b) => a * b, 1),
  );
const known = (name: string, type: string, shape: number[], data: Numbers) =>
  new Value(name, type, shape, { type, shape, data });

/** Splits an operator whose inputs 0 and 3 are x and w, input 5 the zero points of w. */
function split(kind: string, x: number[], w: Value, points: Numbers, attributes: Record<string, number> = {}) {
  const entries = Object.entries(attributes).map(
    ([name, i]) => ({ name, i, type: 2, refAttrName: "" }) as AttributeMessage,
  );
  const inputs = ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz"];
  const node = { index: 0, kind, name: "n", inputs, outputs: ["y"], attributes: new NodeAttributes(entries) };
  const values = inputs.map((name) => new Value(name, "UINT8", x));
  values[3] = w;
  values[5] = known("wz", w.type, [points.length], points);
  return splitWeights(node, values, room);
}

/** Of weights [outC, depth, …]: what the parts of each add up to. */
function sums(parts: Value, outC: number, depth: number, rest: number): number[] {
  const { data } = parts.constant!;
  const count = data.length / (outC * depth * rest);
  return Array.from({ length: outC * depth * rest }, (_, i) => {
    const [channel, inside] = [Math.floor(i / (depth * rest)), i % (depth * rest)];
    let sum = 0;
    for (let part = 0; part < count; part++) sum += data[(channel * count + part) * depth * rest + inside]!;
    return sum;
  });
}

test.each([
  { points: [3, 250], parts: 2 },
  { points: [255, 1], parts: 2 },
  { points: [0, 128], parts: 3 },
])("uint8 weights less the zero points $points are the sum of $parts int8 ones", ({ points, parts }) => {
  const data = Uint8Array.from([0, 255, 7, 128, 254, 1, 255, 0, 100, 200, 127, 129]);
  const found = split("QLinearConv", [1, 3, 8, 8], known("w", "UINT8", [2, 3, 1, 2], data), Uint8Array.from(points))!;
  const weights = found.values.find(({ name }) => name === "y/parts")!;
  expect(weights).toMatchObject({ type: "INT8", shape: [2, 3 * parts, 1, 2] });
  expect(sums(weights, 2, 3, 2)).toEqual(Array.from(data, (w, i) => w - points[i < 6 ? 0 : 1]!));
  expect(found.nodes.map(({ kind }) => kind)).toEqual(["Gather", "QLinearConv"]);
  expect(found.nodes[1]!.inputs).toEqual(["y/repeated", "xs", "xz", "y/parts", "ws", "y/zero", "ys", "yz"]);
});

test("a group reads its own channels again", () => {
  const w = known("w", "INT8", [2, 2, 1, 1], Int8Array.from([-128, 127, 5, -5]));
  const found = split("QLinearConv", [1, 4, 8, 8], w, Int8Array.from([1, 2]), { group: 2 })!;
  const order = found.values.find(({ name }) => name === "y/order")!;
  expect(Array.from(order.constant!.data)).toEqual([0, 1, 0, 1, 2, 3, 2, 3]);
});

test.each([
  { transA: 0, transB: 0, x: [5, 3], w: [3, 2], shape: [6, 2] },
  { transA: 1, transB: 1, x: [3, 5], w: [2, 3], shape: [2, 6] },
])("a matrix product with transA $transA and transB $transB is split along its depth", ({ x, w, shape, ...trans }) => {
  const data = Int8Array.from([-100, 90, 80, 70, 60, 50]);
  const found = split("com.microsoft.QGemm", x, known("w", "INT8", w, data), Int8Array.from([50, -50]), trans)!;
  const weights = found.values.find(({ name }) => name === "y/parts")!;
  expect(weights.shape).toEqual(shape);
  const [gather] = found.nodes;
  expect(gather!.attributes.int("axis", -1)).toBe(trans.transA === 1 ? 0 : 1);
});

test("weights with one zero point, of other sizes, or unknown stay as they are", () => {
  const data = Uint8Array.from([1, 2, 3, 4]);
  const w = known("w", "UINT8", [2, 2, 1, 1], data);
  expect(split("QLinearConv", [1, 2, 4, 4], w, Uint8Array.from([9, 9]))).toBeUndefined();
  expect(split("QLinearConv", [1, 2, 4, 4], w, Uint8Array.from([9, 8, 7]))).toBeUndefined();
  expect(split("QLinearConv", [1, 3, 4, 4], w, Uint8Array.from([9, 8]))).toBeUndefined();
  expect(
    split("QLinearConv", [1, 2, 4, 4], new Value("w", "UINT8", [2, 2, 1, 1]), Uint8Array.from([9, 8])),
  ).toBeUndefined();
  expect(split("QLinearConv", [1, 2, 4, 4], w, Uint8Array.from([9, 8]), { group: 0 })).toBeUndefined();
});
