import { describe, expect, test } from "vitest";
import { type ImportedModel, importOnnxWithNotes } from "../../../host/import/index.js";
import { bytes, dq, floats, INT8, INT32, node, point, q, quantizedFile, scale, UINT8 } from "./quantized-files.js";
import type { ModelSpec } from "./write-onnx.js";

const read = (spec: ModelSpec) => importOnnxWithNotes(quantizedFile(spec), { name: "m.onnx" });

/** `conv2d int8`, for every node: what runs in what. */
function nodes({ model }: Pick<ImportedModel, "model">): string[] {
  return model.nodes.map(({ op, outputs }) => `${op} ${model.tensors[outputs[0] as number]!.dtype}`);
}

/** The notes, by node. */
const notes = (imported: ReturnType<typeof read>) =>
  Object.fromEntries(imported.notes.map(({ node: name, reason }) => [name, reason]));

const picture: ModelSpec["inputs"] = [["x", [1, 2, 4, 4]]];
const weights = bytes("w", INT8, [2, 2, 1, 1]);
/** x → Q → DQ → Conv, whose weights and result are what `rest` says. */
const conv = (rest: ModelSpec["nodes"], initializers: ModelSpec["initializers"] = [weights]): ModelSpec => ({
  nodes: [q("x", "x_q"), dq("x_q", "x_f"), dq("w", "w_f", "t o"), ...rest],
  inputs: picture,
  initializers,
});
const plain = node("Conv", ["x_f", "w_f"], "c");

describe("a convolution between quantized values", () => {
  test("computes on them", () => {
    const imported = read(conv([plain, q("c", "c_q"), dq("c_q", "y")]));
    expect(nodes(imported)).toEqual([
      "quantize int8",
      "transpose int8",
      "conv2d int8",
      "transpose int8",
      "dequantize float32",
    ]);
    expect(imported.notes).toEqual([]);
    expect(imported.model.numerics).toBe("onnx");
  });

  test("keeps scales per channel, along the axis that counts channels in the graph", () => {
    const spec = conv([node("Conv", ["x_f", "v_f"], "c"), q("c", "y")], [weights, scale("u", 1, 2)]);
    const imported = read({ ...spec, nodes: [dq("w", "v_f", "u o", { axis: 0 }), ...spec.nodes] });
    const constant = imported.model.tensors.find(({ name }) => name === "c/weights");
    expect(constant?.quantization).toEqual({ scale: [1, 2], zeroPoint: 0, axis: 0 });
    expect(nodes(imported)).toContain("conv2d int8");
  });

  test.each<[why: string, spec: ModelSpec, reason: string]>([
    ["no QuantizeLinear", conv([node("Conv", ["x_f", "w_f"], "y")]), 'its result "y" is an output of the model'],
    [
      "another reader",
      conv([plain, q("c", "c_q"), dq("c_q", "d"), node("Add", ["c", "d"], "y")]),
      'its result "c" goes to Add (op 6, "y") without a QuantizeLinear',
    ],
    [
      "two scales",
      conv([plain, q("c", "a"), dq("a", "d"), q("c", "b", "r z"), dq("b", "e", "r z"), node("Add", ["d", "e"], "y")]),
      'its result "c" is quantized with several scales, or to other than 8 bits',
    ],
    ["a result of another type", conv([plain, q("c", "y", "s o")]), "its input is UINT8 and its result INT8"],
    [
      "int8 activations and uint8 weights",
      {
        ...conv([], [bytes("w", UINT8, [2, 2, 1, 1])]),
        nodes: [q("x", "x_q", "s o"), dq("x_q", "x_f", "s o"), dq("w", "w_f", "t z"), plain, q("c", "y", "s o")],
      },
      "its input is INT8 and its weights are UINT8",
    ],
    [
      "scales along input channels",
      {
        ...conv([], [weights, scale("u", 1, 2)]),
        nodes: [q("x", "x_q"), dq("x_q", "x_f"), dq("w", "w_f", "u o", { axis: 1 }), plain, q("c", "y")],
      },
      "its weights have a scale per index of axis 1; output channels are axis 0",
    ],
    [
      "float32 weights",
      { ...conv([], [floats("w_f", [2, 2, 1, 1])]), nodes: [q("x", "x_q"), dq("x_q", "x_f"), plain, q("c", "y")] },
      'its input "w_f" is not quantized',
    ],
    [
      "a Relu that cuts off what its QuantizeLinear could hold",
      conv([plain, node("Relu", ["c"], "r1"), q("r1", "y")]),
      'Relu (op 4, "r1") behind it cuts off values that its QuantizeLinear could hold',
    ],
    [
      "a bias with a scale of its own",
      conv(
        [dq("b", "b_f", "r"), node("Conv", ["x_f", "w_f", "b_f"], "c"), q("c", "y")],
        [weights, bytes("b", INT32, [2])],
      ),
      "the scale of its bias \"b_f\" is not its input's times its weights'",
    ],
  ])("is float32 with %s, and says why", (_, spec, reason) => {
    const imported = read(spec);
    expect(nodes(imported)).toContain("conv2d float32");
    expect(notes(imported)[spec.nodes.find(({ op }) => op === "Conv")!.name as string]).toBe(reason);
  });

  test.each<[string, ModelSpec["nodes"], ModelSpec["initializers"]]>([
    ["a Relu", [plain, node("Relu", ["c"], "r1"), q("r1", "y", "s z0")], []],
    [
      "a Clip",
      [plain, node("Clip", ["c", "low", "high"], "r1"), q("r1", "y", "s z0")],
      [floats("low", [], -1), floats("high", [], 127.5)],
    ],
    [
      "a Reshape",
      [plain, node("Reshape", ["c", "shape"], "r1"), q("r1", "y")],
      [{ name: "shape", dims: [2], int64s: [1, 32] }],
    ],
    [
      "a Transpose and a MaxPool",
      [
        plain,
        node("Transpose", ["c"], "r1", { perm: [0, 1, 3, 2] }),
        node("MaxPool", ["r1"], "p", { kernel_shape: [2, 2] }),
        q("p", "y"),
      ],
      [],
    ],
  ])("and its QuantizeLinear may have %s between them", (_, rest, more) => {
    const imported = read(conv(rest, [weights, ...(more ?? [])]));
    expect(nodes(imported).filter((line) => line.endsWith("float32"))).toEqual([]);
    expect(imported.notes).toEqual([]);
  });

  test("takes a float32 bias, rounded to the scale of its sums", () => {
    const imported = read(
      conv(
        [node("Conv", ["x_f", "w_f", "b"], "c"), q("c", "y")],
        [weights, { name: "b", dims: [2], floats: [0.09375, 0.15625] }],
      ),
    );
    const bias = imported.model.tensors.find(({ name }) => name === "c/bias");
    // 1.5 and 2.5 steps of 0.5 · 0.125, ties to even.
    expect(new Int32Array(bias!.data!.slice().buffer)).toEqual(Int32Array.of(2, 2));
    expect(notes(imported).c).toBe("the bias was float32 and is rounded to the scale of its sums");
  });

  test("takes weights that come through Identity, Cast and a QuantizeLinear of float32", () => {
    const rest = [
      node("Identity", ["t"], "t1"),
      node("Cast", ["o32"], "o1", { to: INT8 }),
      q("wf", "w_q", "t1 o1"),
      dq("w_q", "w_f", "t1 o1"),
      plain,
      q("c", "y"),
    ];
    const spec = conv(rest, [floats("wf", [2, 2, 1, 1], 0.25), point("o32", INT32, 0)]);
    const imported = read({ ...spec, nodes: spec.nodes.filter(({ inputs }) => inputs[0] !== "w") });
    expect(nodes(imported)).toContain("conv2d int8");
    const constant = imported.model.tensors.find(({ name }) => name === "c/weights");
    expect(constant?.data?.[0]).toBe(2);
  });
});

describe("products of matrices", () => {
  const input: ModelSpec["inputs"] = [["x", [2, 4]]];
  const linear = (rest: ModelSpec["nodes"]): ModelSpec => ({
    nodes: [q("x", "x_q"), dq("x_q", "x_f"), dq("w", "w_f", "u o", { axis: 0 }), ...rest],
    inputs: input,
    initializers: [
      { ...bytes("w", INT8, [3, 4]), int32s: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
      scale("u", 1, 2, 4),
    ],
  });

  test("take weights that were transposed, and their scales with them", () => {
    const imported = read(
      linear([node("Transpose", ["w_f"], "v", { perm: [1, 0] }), node("MatMul", ["x_f", "v"], "m"), q("m", "y")]),
    );
    expect(nodes(imported)).toContain("fully_connected int8");
    const constant = imported.model.tensors.find(({ name }) => name === "m/weights");
    expect(constant).toMatchObject({ shape: [3, 4], quantization: { scale: [1, 2, 4], axis: 0 } });
    expect(Array.from(constant!.data!)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test("may end in float32", () => {
    const imported = read(linear([node("Gemm", ["x_f", "w_f"], "y", { transB: 1 })]));
    expect(nodes(imported)).toEqual(["quantize int8", "fully_connected int32", "cast float32", "mul float32"]);
  });

  test("of weights alone quantized are float32, and say so; the weights stay small", () => {
    const spec = linear([node("Gemm", ["x", "w_f"], "y", { transB: 1 })]);
    const imported = read({ ...spec, nodes: spec.nodes.slice(2) });
    expect(imported.model.tensors.map(({ dtype }) => dtype)).toEqual(["float32", "int8", "float32"]);
    expect(imported.model.nodes[0]!.attributes).not.toHaveProperty("mode");
    expect(notes(imported).y).toBe('its input "x" is not quantized');
  });
});

describe("other operators between quantized values", () => {
  const input: ModelSpec["inputs"] = [["x", [1, 4]]];
  const between = (op: string, attributes = {}, target = "s z"): ModelSpec => ({
    nodes: [q("x", "x_q"), dq("x_q", "x_f"), node(op, ["x_f"], "v", attributes), q("v", "y", target)],
    inputs: input,
  });

  test.each([
    "Relu",
    "Sigmoid",
    "Tanh",
    "HardSwish",
    "LeakyRelu",
    "Elu",
    "HardSigmoid",
    "Exp",
    "Softmax",
  ])("%s computes on them, to another scale", (op) => {
    expect(nodes(read(between(op, {}, "r z0"))).filter((line) => line.endsWith("float32"))).toEqual([]);
  });

  test("what only moves changes nothing but the scale at the end", () => {
    const moves = ["quantize int8", "reshape int8", "requantize int8", "requantize uint8"];
    expect(nodes(read(between("Flatten", {}, "r z0")))).toEqual(moves);
  });

  test("what there is no arithmetic for is float32", () => {
    const imported = read({
      ...between("Neg"),
      nodes: [q("x", "x_q"), dq("x_q", "x_f"), node("Sub", ["x_f", "x_f"], "v"), q("v", "y")],
    });
    expect(nodes(imported)).toContain("sub float32");
    expect(notes(imported).v).toBe("there is no Sub of quantized values");
  });

  test("a sum of uint8 and int8 is float32", () => {
    const imported = read({
      nodes: [
        q("x", "a"),
        dq("a", "a_f"),
        q("x", "b", "s o"),
        dq("b", "b_f", "s o"),
        node("Add", ["a_f", "b_f"], "v"),
        q("v", "y"),
      ],
      inputs: input,
    });
    expect(notes(imported).v).toBe("it mixes UINT8 and INT8");
  });

  test("a concatenation rescales the inputs that need it", () => {
    const imported = read({
      nodes: [
        q("x", "a"),
        dq("a", "a_f"),
        q("x", "b", "r z"),
        dq("b", "b_f", "r z"),
        node("Concat", ["a_f", "b_f"], "v", { axis: 1 }),
        q("v", "y"),
      ],
      inputs: input,
    });
    expect(nodes(imported)).toEqual([
      "quantize int8",
      "quantize int8",
      "requantize int8",
      "concatenation int8",
      "requantize uint8",
    ]);
  });

  test("a pair of both, as training leaves it, is there and back", () => {
    expect(nodes(read({ nodes: [q("x", "a"), dq("a", "y")], inputs: input }))).toEqual([
      "quantize int8",
      "dequantize float32",
    ]);
  });
});

describe("inputs and outputs of 8 bits", () => {
  test("keep their types, and get the scale with which they are read", () => {
    const { model } = read({
      nodes: [node("Reshape", ["x", "shape"], "a"), dq("a", "b", "r z"), node("Relu", ["b"], "c"), q("c", "y", "s o")],
      inputs: [["x", [1, 4], UINT8]],
      initializers: [{ name: "shape", dims: [2], int64s: [2, 2] }],
    });
    expect(model.tensors[model.inputs[0] as number]).toMatchObject({
      dtype: "uint8",
      quantization: { scale: [0.25], zeroPoint: 128 },
    });
    expect(model.tensors[model.outputs[0] as number]).toMatchObject({
      dtype: "int8",
      quantization: { scale: [0.5], zeroPoint: 0 },
    });
  });

  test("of pictures are channels-last if wanted, and then nothing is transposed", () => {
    const spec: ModelSpec = {
      nodes: [dq("x", "x_f"), dq("w", "w_f", "t o"), node("Conv", ["x_f", "w_f"], "c"), q("c", "y")],
      inputs: [["x", [1, 2, 4, 5], UINT8]],
      initializers: [weights],
    };
    const { model } = importOnnxWithNotes(quantizedFile(spec), { name: "m.onnx", layout: "nhwc" });
    expect(model.nodes.map(({ op }) => op)).toEqual(["requantize", "conv2d", "requantize"]);
    expect(model.tensors[model.inputs[0] as number]!.shape).toEqual([1, 4, 5, 2]);
  });

  test("without a scale are what they are", () => {
    const { model } = read({ nodes: [node("Transpose", ["x"], "y")], inputs: [["x", [1, 4], INT8]] });
    expect(model.tensors[model.outputs[0] as number]).toMatchObject({
      dtype: "int8",
      quantization: { scale: [1], zeroPoint: 0 },
    });
  });
});
