import { describe, expect, test } from "vitest";
import { QbinError } from "../../../host/core/errors.js";
import { importModel, importOnnx } from "../../../host/import/index.js";
import { type ModelSpec, type NodeSpec, writeOnnx } from "./write-onnx.js";

const relu = (from: string, to: string): NodeSpec => ({ op: "Relu", inputs: [from], outputs: [to] });
const read = (spec: ModelSpec, options = {}) => importOnnx(writeOnnx(spec), { name: "m.onnx", ...options });

/** Every refusal is one line that starts with the file's name. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    expect(error.message).toMatch(/^m\.onnx: \P{C}+$/u);
    return error.message;
  }
  throw new Error("nothing was refused");
}

const conv = (outputs = ["y"]): NodeSpec => ({ op: "Conv", inputs: ["x", "w"], outputs });
const picture: ModelSpec["inputs"] = [["x", [1, 2, 4, 4]]];

test.each<[name: string, spec: ModelSpec, message: RegExp]>([
  [
    "a cycle",
    { nodes: [{ op: "Add", inputs: ["x", "b"], outputs: ["a"] }, relu("a", "b"), relu("b", "y")] },
    /has a cycle$/,
  ],
  ["an operator that reads itself", { nodes: [{ op: "Add", inputs: ["x", "y"], outputs: ["y"] }] }, /has a cycle$/],
  [
    "a missing initializer",
    { nodes: [conv()], inputs: picture },
    /^m\.onnx: Conv \(op 0, "y"\) reads "w", which nothing/,
  ],
  ["an output that nothing computes", { nodes: [relu("x", "z")] }, /nothing computes the output "y"$/],
  [
    "a value computed twice",
    { nodes: [relu("x", "y"), relu("x", "y")] },
    /"y" gets a value twice, from Relu \(op 1, "y"\) too$/,
  ],
  ["a value computed over an input", { nodes: [relu("x", "x")], outputs: ["x"] }, /"x" gets a value twice/],
  [
    "two inputs of one name",
    {
      nodes: [relu("x", "y")],
      inputs: [
        ["x", [1]],
        ["x", [1]],
      ],
    },
    /two model inputs are named "x"$/,
  ],
  ["two outputs of one name", { nodes: [relu("x", "y")], outputs: ["y", "y"] }, /two model outputs are named "y"$/],
  [
    "two initializers of one name",
    {
      nodes: [relu("x", "y")],
      initializers: [
        { name: "w", dims: [1], floats: [1] },
        { name: "w", dims: [1], floats: [1] },
      ],
    },
    /two initializers are named "w"$/,
  ],
  ["no graph outputs", { nodes: [relu("x", "y")], outputs: [] }, /it has no outputs$/],
  [
    "weights with too few values",
    { nodes: [conv()], inputs: picture, initializers: [{ name: "w", dims: [3, 2, 1, 1], floats: [1, 2] }] },
    /"w" \[3,2,1,1\] takes 6 elements, the file has 2$/,
  ],
  [
    "weights with too many bytes",
    { nodes: [conv()], inputs: picture, initializers: [{ name: "w", dims: [1, 2, 1, 1], raw: new Uint8Array(9) }] },
    /"w" has 9 bytes for 2 elements of FLOAT, which take 8$/,
  ],
  [
    "weights with a negative dimension",
    { nodes: [conv()], inputs: picture, initializers: [{ name: "w", dims: [-1, 2], floats: [1] }] },
    /"w" has shape \[-1,2\]; dimensions are 0 or more$/,
  ],
  [
    "weights beyond all memory",
    {
      nodes: [conv()],
      inputs: picture,
      initializers: [{ name: "w", dims: [2 ** 20, 2 ** 20, 1, 1], raw: new Uint8Array(4) }],
    },
    /more than 1073741824 elements$/,
  ],
  [
    "weights for other channels",
    { nodes: [conv()], inputs: picture, initializers: [{ name: "w", dims: [1, 3, 1, 1], floats: [1, 1, 1] }] },
    /Conv \(op 0, "y"\): weights \[1,3,1,1\] with group 1 expect 3 input channels, input \[1,2,4,4\] has 2$/,
  ],
  [
    "a constant of a gigabyte",
    {
      nodes: [
        { op: "ConstantOfShape", inputs: ["s"], outputs: ["c"] },
        { op: "Add", inputs: ["x", "c"], outputs: ["y"] },
      ],
      initializers: [{ name: "s", dims: [2], int64s: [2 ** 14, 2 ** 14] }],
    },
    /its constants take many times the memory of the file$/,
  ],
  [
    "a constant doubled over and over",
    {
      nodes: [
        ...Array.from({ length: 40 }, (_, i) => ({
          op: "Concat",
          inputs: [`c${i}`, `c${i}`],
          outputs: [`c${i + 1}`],
          attributes: { axis: 0 },
        })),
        { op: "Add", inputs: ["x", "c40"], outputs: ["y"] },
      ],
      initializers: [{ name: "c0", dims: [1], floats: [1] }],
    },
    /its constants take many times the memory of the file$/,
  ],
  [
    "a loop",
    { nodes: [{ op: "Loop", inputs: ["x"], outputs: ["y"], attributes: { body: { graph: true } } }] },
    /Loop \(op 0, "y"\): it runs graphs of its own$/,
  ],
  [
    "an operator set from the future",
    { nodes: [relu("x", "y")], opset: 999 },
    /it uses operator set 999; qbin reads 7 to \d+/,
  ],
  [
    "an attribute that is not known",
    { nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"], attributes: { slope: 1 } }] },
    /Relu \(op 0, "y"\): its attribute "slope" is not known$/,
  ],
  [
    "an attribute of another kind",
    { nodes: [{ op: "Softmax", inputs: ["x"], outputs: ["y"], attributes: { axis: "last" } }] },
    /its attribute "axis" is of kind string, it must be int$/,
  ],
  ["no operator set", { nodes: [relu("x", "y")], opset: null }, /does not say which version of the operator set/],
  [
    "a reshape to another size",
    {
      nodes: [{ op: "Reshape", inputs: ["x", "s"], outputs: ["y"] }],
      initializers: [{ name: "s", dims: [2], int64s: [3, -1] }],
    },
    /\[1,4\] has 4 elements and does not fit into \[3,-1\]$/,
  ],
])("%s", (_, spec, message) => {
  expect(refusal(() => read(spec))).toMatch(message);
});

test("everything that cannot be taken is listed at once", () => {
  const nodes: NodeSpec[] = [
    { op: "NonMaxSuppression", inputs: ["x"], outputs: ["a"], name: "nms" },
    relu("a", "b"),
    { op: "BiasGelu", domain: "com.microsoft", inputs: ["b"], outputs: ["c"] },
    { op: "Einsum", inputs: ["c"], outputs: ["y"] },
  ];
  expect(refusal(() => read({ nodes }))).toBe(
    'm.onnx: 3 operators are not supported: NonMaxSuppression (op 0, "nms"): qbin has no such op; ' +
      'com.microsoft.BiasGelu (op 2, "c"): qbin has no such op; Einsum (op 3, "y"): qbin has no such op',
  );
});

describe("external data", () => {
  const spec = (location: string, entries = {}): ModelSpec => ({
    nodes: [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }],
    initializers: [{ name: "w", dims: [4], external: { location, ...entries } }],
  });
  const file = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
  const options = { readExternal: () => file };

  test("is read from the file beside the model", () => {
    const model = read(spec("weights.bin", { offset: "4", length: "16" }), options);
    const constant = model.tensors.find((tensor) => tensor.data !== undefined);
    expect(new Float32Array(constant!.data!.slice().buffer)).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  test.each([
    "../w.bin",
    "a/../../w.bin",
    "/etc/passwd",
    "C:\\w.bin",
    "C:w.bin",
    "..",
    "",
    "a\\..\\w",
    "w\u0000.bin",
  ])("%j is not read", (location) => {
    const readExternal = () => {
      throw new Error("read");
    };
    expect(refusal(() => read(spec(location), { readExternal }))).toMatch(/which is not inside the model's folder$/);
  });

  test("needs somebody who reads files", () => {
    expect(refusal(() => read(spec("w.bin")))).toMatch(/save the model as one file/);
  });

  test.each([
    { offset: "20" },
    { offset: "4", length: "24" },
    { offset: "99" },
    { length: "-1" },
    { offset: "1e3" },
  ])("%j leaves the file or is no number", (entries) => {
    expect(refusal(() => read(spec("w.bin", entries), options))).toMatch(/"w"/);
  });
});

describe("other files", () => {
  test.each([[], [8], [8, 8], [0x4f, 0x4e], [10, 200]])("of bytes %j", (...bytes) => {
    expect(() => importModel(Uint8Array.from(bytes.flat()), { name: "m.onnx" })).toThrow(/^m\.onnx: /);
  });

  test("options of another format are refused", () => {
    const bytes = writeOnnx({ nodes: [relu("x", "y")] });
    expect(() => importModel(bytes, { numerics: "xnnpack" })).toThrow(/numerics is for TFLite files/);
  });
});
