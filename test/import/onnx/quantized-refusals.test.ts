import { expect, test } from "vitest";
import { QbinError } from "../../../host/core/errors.js";
import { importOnnx } from "../../../host/import/index.js";
import {
  bytes,
  dq,
  FLOAT,
  floats,
  INT8,
  INT32,
  node,
  point,
  q,
  quantizedFile,
  scale,
  UINT8,
} from "./quantized-files.js";
import type { ModelSpec } from "./write-onnx.js";

/** Every refusal is one line that starts with the file's name. */
function refusal(spec: ModelSpec): string {
  try {
    importOnnx(quantizedFile(spec), { name: "m.onnx" });
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    expect(error.message).toMatch(/^m\.onnx: \P{C}+$/u);
    return error.message;
  }
  throw new Error("nothing was refused");
}

const pair = [q("x", "a"), dq("a", "y")];
const byteInput: ModelSpec["inputs"] = [["x", [1, 4], UINT8]];
const conv = (weights: string, parameters: string) =>
  node("QLinearConv", ["x", "s", "z", weights, ...parameters.split(" "), "s", "z"], "y");
const picture: ModelSpec["inputs"] = [["x", [1, 2, 4, 4], UINT8]];

test.each<[name: string, spec: ModelSpec, message: RegExp]>([
  ["a scale of 0", { nodes: pair, initializers: [scale("s", 0)] }, /its scale "s" has 0; scales are positive normal/],
  ["a negative scale", { nodes: pair, initializers: [scale("s", -1)] }, /its scale "s" has -1; scales are positive/],
  ["a scale that is no number", { nodes: pair, initializers: [scale("s", Number.NaN)] }, /its scale "s" has NaN;/],
  ["an infinite scale", { nodes: pair, initializers: [scale("s", Number.POSITIVE_INFINITY)] }, /"s" has Infinity;/],
  [
    "a subnormal scale",
    { nodes: pair, initializers: [scale("s", 2 ** -140)] },
    /"s" has 7\.17\S+; scales are positive/,
  ],
  ["an empty scale", { nodes: pair, initializers: [{ name: "s", dims: [0], floats: [] }] }, /its scale "s" is empty$/],
  ["a scale of integers", { nodes: pair, initializers: [point("s", INT32, 1)] }, /its scale "s" is INT32$/],
  ["no scale", { nodes: [node("QuantizeLinear", ["x"], "y")] }, /QuantizeLinear \(op 0, "y"\): input 1 is missing$/],
  [
    "a scale that is computed",
    { nodes: [node("Relu", ["x"], "v"), node("QuantizeLinear", ["x", "v", "z"], "a"), dq("a", "y")] },
    /its scale "v" is computed at run time$/,
  ],
  [
    "a zero point of another shape than the scale",
    { nodes: pair, initializers: [scale("s", 1, 2, 3, 4), point("z", UINT8, 1, 2)] },
    /its scale "s" is \[4\] and its zero point "z" \[2\]; they must have one shape$/,
  ],
  [
    "scales that are not one per index of the axis",
    { nodes: pair, initializers: [scale("s", 1, 2, 3), point("z", UINT8, 1, 2, 3)] },
    /its scale "s" is \[3\]; axis 1 of \[1,4\] takes \[4\]$/,
  ],
  [
    "an axis the tensor does not have",
    {
      nodes: [q("x", "a", "s z", { axis: 7 }), dq("a", "y")],
      initializers: [scale("s", 1, 2, 3, 4), point("z", UINT8, 0)],
    },
    /its axis 7 and block_size 0 do not fit a tensor \[1,4\]$/,
  ],
  [
    "blocks that do not fit",
    { nodes: [q("x", "a", "s z", { axis: 1, block_size: 3 }), dq("a", "y")], initializers: [floats("s", [1, 4])] },
    /its scale "s" is \[1,4\]; blocks of 3 along axis 1 of \[1,4\] take \[1,2\]$/,
  ],
  [
    "a zero point of float32",
    { nodes: pair, initializers: [scale("z", 0)] },
    /it quantizes to FLOAT; 4, 8 and 16 bits are supported$/,
  ],
  [
    "an output of 16 bits",
    { nodes: [q("x", "y")], initializers: [point("z", 5, 0)] },
    /^m\.onnx: tensor "y" is INT16$/,
  ],
  [
    "arithmetic on 16 bits",
    { nodes: [q("x", "a"), node("Add", ["a", "a"], "b"), dq("b", "y")], initializers: [point("z", 5, 0)] },
    /Add \(op 1, "b"\): tensor "a" is INT16$/,
  ],
  [
    "a zero point of another type than the tensor",
    { nodes: [dq("x", "y", "s o")], inputs: byteInput },
    /its input is UINT8 and its zero point INT8$/,
  ],
  [
    "a tensor that stands for different things",
    { nodes: [q("x", "a"), dq("a", "y", "r z")] },
    /it reads "a" with scale 0.25, zero point 128; where that is computed it has scale 0.5, zero point 128$/,
  ],
  [
    "dequantized float32",
    { nodes: [dq("x", "y")] },
    /DequantizeLinear \(op 0, "y"\): it dequantizes "x", which is FLOAT$/,
  ],
  [
    "arithmetic on bytes",
    { nodes: [node("Add", ["x", "x"], "y")], inputs: byteInput },
    /Add \(op 0, "y"\): its input "x" is UINT8$/,
  ],
  [
    "arithmetic on bytes beside quantized values",
    { nodes: [q("x", "a"), node("Add", ["a", "a"], "b"), dq("b", "y")] },
    /Add \(op 1, "b"\): its input "a" is UINT8$/,
  ],
  [
    "more scales than channels",
    {
      nodes: [conv("w", "ws o")],
      inputs: picture,
      initializers: [bytes("w", INT8, [2, 2, 1, 1]), scale("ws", 1, 2, 3)],
    },
    /its weights "w" have 3 scales for 2 output channels$/,
  ],
  [
    "weights that are missing",
    { nodes: [conv("w", "t o")], inputs: picture },
    /QLinearConv \(op 0, "y"\) reads "w", which nothing computes$/,
  ],
  [
    "weights of another type than their zero point",
    { nodes: [conv("w", "t o")], inputs: picture, initializers: [bytes("w", UINT8, [2, 2, 1, 1])] },
    /its input "w" is UINT8 and the zero point "o" INT8$/,
  ],
  [
    "float32 weights",
    { nodes: [conv("w", "t o")], inputs: picture, initializers: [floats("w", [2, 2, 1, 1])] },
    /its input "w" is FLOAT$/,
  ],
  [
    "an activation with several scales",
    {
      nodes: [node("QLinearConv", ["x", "xs", "z", "w", "t", "o", "s", "z"], "y")],
      inputs: picture,
      initializers: [bytes("w", INT8, [2, 2, 1, 1]), scale("xs", 1, 2)],
    },
    /its input "x" has 2 scales; activations have one$/,
  ],
  [
    "weights that do not fit",
    { nodes: [conv("w", "t o")], inputs: picture, initializers: [bytes("w", INT8, [2, 3, 1, 1])] },
    /weights \[2,3,1,1\] with group 1 expect 3 input channels, input \[1,2,4,4\] has 2$/,
  ],
  [
    "a product whose depths differ",
    {
      nodes: [node("QLinearMatMul", ["x", "s", "z", "w", "t", "o", "s", "z"], "y")],
      inputs: byteInput,
      initializers: [bytes("w", INT8, [3, 2])],
    },
    /it multiplies rows of 4 with columns of 3: \[1,4\], \[3,2\]$/,
  ],
  [
    "QLinearConcat without its triples",
    { nodes: [{ ...node("QLinearConcat", ["s", "z", "x", "s"], "y"), domain: "com.microsoft" }], inputs: byteInput },
    /its 4 inputs are not a scale and zero point, and three for each tensor$/,
  ],
  [
    "a channels-last operator on a matrix",
    {
      nodes: [
        {
          ...node("QLinearGlobalAveragePool", ["x", "s", "z", "s", "z"], "y", { channels_last: 1 }),
          domain: "com.microsoft",
        },
      ],
      inputs: byteInput,
    },
    /"x" is channels-last and has rank 2$/,
  ],
  [
    "a cycle through quantized values",
    { nodes: [node("Add", ["x", "e"], "b"), q("b", "d"), dq("d", "e"), node("Relu", ["e"], "y")] },
    /needs its own result: the graph has a cycle$/,
  ],
  [
    "weights outside of the folder",
    {
      nodes: [conv("w", "t o")],
      inputs: picture,
      initializers: [{ name: "w", type: INT8, dims: [2, 2, 1, 1], external: { location: "../w.bin" } }],
    },
    /tensor "w" is in file "\.\.\/w\.bin", which is not inside the model's folder$/,
  ],
  [
    "weights that are cut short",
    {
      nodes: [conv("w", "t o")],
      inputs: picture,
      initializers: [{ name: "w", type: INT8, dims: [2, 2, 1, 1], raw: new Uint8Array(3) }],
    },
    /tensor "w" has 3 bytes for 4 elements of INT8, which take 4$/,
  ],
  [
    "4-bit weights that are cut short",
    {
      nodes: [dq("w", "v", "t"), node("MatMul", ["x", "v"], "y")],
      initializers: [{ name: "w", type: 22, dims: [4, 2], raw: new Uint8Array(3) }],
    },
    /tensor "w" has 3 bytes for 8 elements of INT4, which take 4$/,
  ],
  [
    "a kind of operator that only the importer makes",
    {
      nodes: [node("DynamicQuantizeConv", ["x", "w", "t", "o"], "y"), ...pair.slice(0, 0)],
      initializers: [bytes("w", INT8, [2, 2, 1, 1])],
    },
    /DynamicQuantizeConv \(op 0, "y"\): qbin has no such op$/,
  ],
  [
    "a name every object has",
    { nodes: [node("constructor", ["x"], "y")] },
    /constructor \(op 0, "y"\): qbin has no such op$/,
  ],
])("%s is refused", (_, spec, message) => {
  expect(refusal(spec)).toMatch(message);
});

test("every wrong operator is listed", () => {
  const nodes = [q("x", "a", "s0 z"), dq("a", "b", "s z"), node("Einsum", ["b"], "y")];
  expect(refusal({ nodes, initializers: [scale("s0", 0)] })).toMatch(
    /^m\.onnx: 2 operators are not supported: QuantizeLinear .*; Einsum \(op 2, "y"\): qbin has no such op$/,
  );
});

test("a model whose inputs are all wrong says so for each", () => {
  const inputs: ModelSpec["inputs"] = [
    ["x", [1, 4], 9],
    ["v", undefined, FLOAT],
  ];
  expect(refusal({ nodes: [node("Add", ["x", "v"], "w"), q("w", "a"), dq("a", "y")], inputs })).toMatch(
    /model inputs: tensor "x" is BOOL; model inputs: input "v" has no shape in the file/,
  );
});

test.each<[name: string, spec: ModelSpec, message: RegExp]>([
  [
    "joined bytes of different scales",
    {
      nodes: [q("x", "a"), q("x", "b", "r z"), node("Concat", ["a", "b"], "c", { axis: 1 }), dq("c", "y")],
    },
    /it joins "a" with scale 0.5, zero point 128 and "b" with scale 0.25, zero point 128$/,
  ],
  [
    "bytes cast to integers",
    { nodes: [node("Cast", ["x"], "y", { to: INT32 })], inputs: byteInput },
    /it casts UINT8 to INT32; to FLOAT is/,
  ],
  ["numbers cast to bytes", { nodes: [node("Cast", ["x"], "y", { to: INT8 })] }, /it casts FLOAT to INT8$/],
])("%s are refused", (_, spec, message) => {
  expect(refusal({ ...spec, nodes: [...spec.nodes, q("x", "q0"), dq("q0", "q1")], outputs: ["y", "q1"] })).toMatch(
    message,
  );
});

test("a long chain of pairs on a constant is one constant, and one on a value one node each way", () => {
  const chain = (from: string) =>
    Array.from({ length: 4000 }, (_, i) => [
      q(i === 0 ? from : `${from}_f${i}`, `${from}_q${i}`),
      dq(`${from}_q${i}`, `${from}_f${i + 1}`),
    ]).flat();
  const nodes = [...chain("w"), ...chain("x"), node("Add", ["w_f4000", "x_f4000"], "y")];
  const model = importOnnx(quantizedFile({ nodes, initializers: [floats("w", [1, 4], 0.75)] }));
  expect(model.nodes.map(({ op }) => op)).toEqual(["quantize", "dequantize", "add"]);
});
