import { expect, test } from "vitest";
import { importOnnx } from "../../../host/import/index.js";
import { writeOnnx } from "./write-onnx.js";

const file = (dims: readonly (number | string)[] | undefined) =>
  writeOnnx({ nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"] }], inputs: [["x", dims]] });
const shapeOf = (dims: readonly (number | string)[] | undefined, options = {}) => {
  const model = importOnnx(file(dims), { name: "m.onnx", ...options });
  return model.tensors[model.inputs[0]!]!.shape;
};

test("a leading symbol is 1 unless it is bound, wherever it stands", () => {
  expect(shapeOf(["batch", 3])).toEqual([1, 3]);
  expect(shapeOf(["", 3])).toEqual([1, 3]);
  expect(shapeOf(["n", "n"])).toEqual([1, 1]);
  expect(shapeOf(["batch", 3], { dims: { batch: 4 } })).toEqual([4, 3]);
});

test("other symbols are bound, or the error names symbol and option", () => {
  expect(shapeOf([1, "width"], { dims: { width: 9 } })).toEqual([1, 9]);
  expect(() => shapeOf([1, 3, "width"])).toThrow(
    /^m\.onnx: it cannot be imported: model inputs: input "x" is \[1,3,width\]; give dimension "width" a size with --dim width=…$/,
  );
  expect(() => shapeOf([1, ""])).toThrow(/dimension 1 has neither size nor name, give a shape with --shape$/);
  expect(() => shapeOf(undefined)).toThrow(/has no shape in the file; give one with --shape$/);
});

test("a shape says it all, where the file leaves it open", () => {
  expect(shapeOf([1, "", "w"], { shapes: { x: [1, 5, 6] } })).toEqual([1, 5, 6]);
  expect(shapeOf(undefined, { shapes: { x: [2, 2] } })).toEqual([2, 2]);
  expect(() => shapeOf([1, 3], { shapes: { x: [1, 4] } })).toThrow(/input "x" is \[1,3\] and cannot be \[1,4\]$/);
  expect(() => shapeOf([1, "w"], { shapes: { x: [1] } })).toThrow(/cannot be \[1\]$/);
});

test("names that are not there are refused", () => {
  expect(() => shapeOf(["batch", 3], { dims: { bath: 1 } })).toThrow(
    /no input has a dimension named "bath"; there is "batch"$/,
  );
  expect(() => shapeOf(["batch", 3], { shapes: { y: [1] } })).toThrow(/no input named "y"/);
  expect(() => shapeOf(["batch", 3], { dims: { batch: 0 } })).toThrow(/dimension "batch" cannot be 0$/);
});
