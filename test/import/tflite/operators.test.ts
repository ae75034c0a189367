import { describe, expect, test } from "vitest";
import { elementsOf } from "../../../host/core/dtype.js";
import type { ModelData, Node, Tensor } from "../../../host/core/model.js";
import { validateModel } from "../../../host/format/validate.js";
import { importTflite } from "../../../host/import/index.js";
import { findOp } from "../../../host/ops/index.js";
import { type Field, type TensorSpec, writeTflite } from "./write-tflite.js";

interface One {
  readonly kind: string;
  readonly inputs: readonly (TensorSpec | null)[];
  readonly outputs: readonly TensorSpec[];
  readonly options?: Readonly<Record<number, Field>>;
}

/** Imports a model of one operator; constants among `inputs` are not inputs of the model. */
function importOne(one: One): ModelData {
  const { kind, options } = one;
  const given = one.inputs.filter((tensor) => tensor !== null);
  const spec = {
    tensors: [...given, ...one.outputs],
    operators: [
      {
        kind,
        inputs: one.inputs.map((tensor) => tensor?.name ?? null),
        outputs: one.outputs.map((tensor) => tensor.name),
        ...(options ? { options } : {}),
      },
    ],
    inputs: given.filter((tensor) => tensor.data === undefined).map((tensor) => tensor.name),
    outputs: one.outputs.map((tensor) => tensor.name),
  };
  const model = importTflite(writeTflite(spec));
  validateModel(model, findOp);
  return model;
}

const int32 = (name: string, ...data: number[]): TensorSpec => ({ name, type: "INT32", shape: [data.length], data });
const scalar = (name: string, value: number): TensorSpec => ({ name, type: "INT32", shape: [], data: [value] });
const s8 = (name: string, shape: number[], more: Partial<TensorSpec> = {}): TensorSpec => ({ name, shape, ...more });
const u8 = (name: string, shape: number[], more: Partial<TensorSpec> = {}): TensorSpec => ({
  name,
  type: "UINT8",
  shape,
  zeroPoint: 100,
  ...more,
});
const f32 = (name: string, shape: number[], more: Partial<TensorSpec> = {}): TensorSpec => ({
  name,
  type: "FLOAT32",
  shape,
  ...more,
});
const zeros = (count: number) => new Array<number>(count).fill(0);

function nodeNamed(model: ModelData, name: string): Node {
  const node = model.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`no node ${name} in ${model.nodes.map((n) => n.name)}`);
  return node;
}
const tensors = (model: ModelData, indices: readonly number[]) => indices.map((i) => model.tensors[i] as Tensor);
const outputOf = (model: ModelData) => tensors(model, model.outputs)[0] as Tensor;
const ops = (model: ModelData) => model.nodes.map((node) => node.op);

describe("convolutions", () => {
  const conv = (options: Record<number, Field>, w = [4, 3, 3, 2], x = [1, 8, 8, 2], out = [1, 1, 1, 1]) =>
    importOne({
      kind: "CONV_2D",
      inputs: [
        s8("x", x),
        s8("w", w, { data: zeros(w.reduce((a, b) => a * b)) }),
        { name: "b", type: "INT32", shape: [w[0] as number], data: zeros(w[0] as number) },
      ],
      outputs: [s8("y", out)],
      options,
    });

  test("SAME with stride 2 pads the odd row and column at the end", () => {
    const model = conv({ 0: { int8: 0 }, 1: { int32: 2 }, 2: { int32: 2 } });
    expect(nodeNamed(model, "CONV_2D_0").attributes).toEqual({
      stride: [2, 2],
      dilation: [1, 1],
      padding: [0, 0, 1, 1],
      groups: 1,
      activation: "none",
      unsigned: false,
    });
    expect(outputOf(model).shape).toEqual([1, 4, 4, 4]);
  });

  test("VALID with strides and dilations keeps height and width apart", () => {
    const model = conv({
      0: { int8: 1 },
      1: { int32: 3 },
      2: { int32: 1 },
      3: { int8: 3 },
      4: { int32: 1 },
      5: { int32: 2 },
    });
    const { attributes } = nodeNamed(model, "CONV_2D_0");
    expect(attributes).toMatchObject({ stride: [1, 3], dilation: [2, 1], padding: [0, 0, 0, 0], activation: "relu6" });
    expect(outputOf(model).shape).toEqual([1, 4, 2, 4]);
  });

  test("SAME with a stride beyond the kernel pads nothing", () => {
    const model = conv({ 0: { int8: 0 }, 1: { int32: 3 }, 2: { int32: 3 } }, [4, 1, 1, 2]);
    expect(nodeNamed(model, "CONV_2D_0").attributes["padding"]).toEqual([0, 0, 0, 0]);
    expect(outputOf(model).shape).toEqual([1, 3, 3, 4]);
  });

  test("groups follow from the weights' input channels", () => {
    const model = conv({ 0: { int8: 1 }, 1: { int32: 1 }, 2: { int32: 1 } }, [6, 1, 1, 2], [1, 4, 4, 4]);
    expect(nodeNamed(model, "CONV_2D_0").attributes["groups"]).toBe(2);
  });

  test("per-channel weights keep a scale per output channel, biases none", () => {
    const model = importOne({
      kind: "DEPTHWISE_CONV_2D",
      inputs: [
        s8("x", [1, 4, 4, 2]),
        s8("w", [1, 3, 3, 4], { data: zeros(36), scale: [0.5, 0.25, 1, 2], zeroPoint: [0, 0, 0, 0], axis: 3 }),
        { name: "b", type: "INT32", shape: [4], data: [1, 2, 3, 4], scale: [0.1, 0.1, 0.1, 0.1] },
      ],
      outputs: [s8("y", [1, 4, 4, 4])],
      options: { 0: { int8: 0 }, 1: { int32: 1 }, 2: { int32: 1 }, 3: { int32: 2 }, 4: { int8: 1 } },
    });
    const node = nodeNamed(model, "DEPTHWISE_CONV_2D_0");
    const [, w, b] = tensors(model, node.inputs);
    expect(w?.quantization).toEqual({ scale: [0.5, 0.25, 1, 2], zeroPoint: 0, axis: 3 });
    expect(b?.quantization).toBeUndefined();
    expect(node.attributes).toMatchObject({ activation: "relu", padding: [1, 1, 1, 1] });
    expect(node.numerics).toBe("xnnpack");
  });

  test("without a bias the built-in kernel computes", () => {
    const model = importOne({
      kind: "CONV_2D",
      inputs: [s8("x", [1, 2, 2, 1]), s8("w", [1, 1, 1, 1], { data: [3] }), null],
      outputs: [s8("y", [1, 2, 2, 1])],
      options: { 1: { int32: 1 }, 2: { int32: 1 } },
    });
    expect(nodeNamed(model, "CONV_2D_0")).toMatchObject({ numerics: "tflite", inputs: [0, 1, -1] });
  });

  test("uint8 weights move to int8 with their zero point", () => {
    const model = importOne({
      kind: "CONV_2D",
      inputs: [
        u8("x", [1, 1, 1, 2]),
        u8("w", [1, 1, 1, 2], { data: [0, 255], zeroPoint: 131 }),
        { name: "b", type: "INT32", shape: [1], data: [5] },
      ],
      outputs: [u8("y", [1, 1, 1, 1], { zeroPoint: 7 })],
      options: { 1: { int32: 1 }, 2: { int32: 1 } },
    });
    expect(ops(model)).toEqual(["requantize", "conv2d", "requantize"]);
    const node = nodeNamed(model, "CONV_2D_0");
    const [x, w] = tensors(model, node.inputs) as [Tensor, Tensor];
    expect(node.attributes["unsigned"]).toBe(true);
    expect(x).toMatchObject({ name: "x/int8", dtype: "int8", quantization: { scale: [0.5], zeroPoint: -28 } });
    expect(w).toMatchObject({ dtype: "int8", quantization: { scale: [0.5], zeroPoint: 3 } });
    expect([...elementsOf("int8", w.data as Uint8Array)]).toEqual([-128, 127]);
    expect(tensors(model, model.inputs)[0]).toMatchObject({
      name: "x",
      dtype: "uint8",
      quantization: { zeroPoint: 100 },
    });
    expect(outputOf(model)).toMatchObject({ name: "y", dtype: "uint8", quantization: { zeroPoint: 7 } });
  });
});

describe("FULLY_CONNECTED", () => {
  const dense = (x: number[], options: Record<number, Field>) =>
    importOne({
      kind: "FULLY_CONNECTED",
      inputs: [s8("x", x), s8("w", [5, 12], { data: zeros(60) }), null],
      outputs: [s8("y", [1, 5])],
      options,
    });

  test("an image is flattened into rows first", () => {
    const model = dense([2, 2, 2, 3], {});
    expect(model.nodes.map((node) => node.name)).toEqual(["FULLY_CONNECTED_0/rows", "FULLY_CONNECTED_0"]);
    expect(outputOf(model).shape).toEqual([2, 5]);
  });

  test("keep_num_dims keeps the leading dimensions", () => {
    const model = dense([2, 3, 12], { 2: { int8: 1 } });
    expect(ops(model)).toEqual(["fully_connected"]);
    expect(outputOf(model).shape).toEqual([2, 3, 5]);
  });

  test("int8 weights with a zero point fall to the built-in kernel", () => {
    const model = importOne({
      kind: "FULLY_CONNECTED",
      inputs: [s8("x", [1, 2]), s8("w", [1, 2], { data: [1, 2], zeroPoint: 4 }), null],
      outputs: [s8("y", [1, 1])],
    });
    const node = nodeNamed(model, "FULLY_CONNECTED_0");
    expect(node.numerics).toBe("tflite");
    expect(tensors(model, node.inputs.slice(0, 2))[1]?.quantization?.zeroPoint).toBe(4);
  });
});

describe("moves", () => {
  const unary = (kind: string, x: number[], more: TensorSpec[], options: Record<number, Field> = {}) =>
    importOne({ kind, inputs: [s8("x", x), ...more], outputs: [s8("y", [1])], options });

  test("RESHAPE fills in the one free dimension; its second input wins over the option", () => {
    const model = unary("RESHAPE", [2, 6], [int32("shape", 3, -1)], { 0: { int32s: [12] } });
    expect(outputOf(model).shape).toEqual([3, 4]);
    const byOption = unary("RESHAPE", [2, 6], [], { 0: { int32s: [4, -1] } });
    expect(outputOf(byOption).shape).toEqual([4, 3]);
  });

  test("SQUEEZE drops the named axes, or all of extent 1", () => {
    expect(outputOf(unary("SQUEEZE", [1, 3, 1, 2], [], { 0: { int32s: [-2] } })).shape).toEqual([1, 3, 2]);
    expect(outputOf(unary("SQUEEZE", [1, 3, 1, 2], [])).shape).toEqual([3, 2]);
  });

  test("EXPAND_DIMS counts a negative axis from the result's end", () => {
    expect(outputOf(unary("EXPAND_DIMS", [3, 2], [scalar("axis", -1)])).shape).toEqual([3, 2, 1]);
  });

  test("TRANSPOSE", () => {
    const model = unary("TRANSPOSE", [1, 2, 3, 4], [int32("perm", 0, 3, 1, 2)]);
    expect(outputOf(model).shape).toEqual([1, 4, 2, 3]);
  });

  test("SLICE reaches to the end with size -1", () => {
    const model = unary("SLICE", [4, 5], [int32("begin", 1, 2), int32("size", 2, -1)]);
    expect(nodeNamed(model, "SLICE_0").attributes).toEqual({ begin: [1, 2], size: [2, 3], stride: [1, 1] });
  });

  const strided = (x: number[], begin: number[], end: number[], stride: number[], masks: number[] = []) =>
    unary(
      "STRIDED_SLICE",
      x,
      [int32("begin", ...begin), int32("end", ...end), int32("strides", ...stride)],
      Object.fromEntries(masks.map((mask, i) => [i, { int32: mask }])),
    );

  test.each([
    ["plain", [4, 6], [1, 0], [3, 6], [1, 2], [], [2, 3]],
    ["negative bounds", [4, 6], [-3, -4], [-1, -1], [1, 1], [], [2, 3]],
    ["bounds beyond the end", [4, 6], [0, 2], [9, 100], [1, 1], [], [4, 4]],
    ["begin and end masks", [4, 6], [2, 2], [3, 3], [1, 1], [1, 2], [3, 4]],
    ["an ellipsis", [2, 3, 4, 5], [1, 0, 2], [2, 0, 4], [1, 1, 1], [0, 0, 2], [1, 3, 4, 2]],
    ["a new axis", [4, 6], [0, 0, 1], [0, 4, 3], [1, 1, 1], [0, 0, 0, 1], [1, 4, 2]],
    ["a dropped axis", [4, 6], [2, 0], [3, 6], [1, 1], [0, 0, 0, 0, 1], [6]],
    ["a dropped axis counted from the end", [4, 6], [0, -1], [4, 0], [1, 1], [0, 0, 0, 0, 2], [4]],
    ["fewer entries than axes", [4, 6, 2], [1], [3], [1], [], [2, 6, 2]],
  ])("STRIDED_SLICE with %s", (_name, x, begin, end, stride, masks, shape) => {
    expect(outputOf(strided(x, begin, end, stride, masks)).shape).toEqual(shape);
  });

  test("a stride above 1 is the built-in kernel's", () => {
    expect(nodeNamed(strided([4], [0], [4], [2]), "STRIDED_SLICE_0").numerics).toBe("tflite");
    expect(nodeNamed(strided([4], [0], [4], [1]), "STRIDED_SLICE_0").numerics).toBe("xnnpack");
  });

  test("SPLIT and SPLIT_V", () => {
    const split = importOne({
      kind: "SPLIT",
      inputs: [scalar("axis", -1), s8("x", [2, 6])],
      outputs: [s8("a", [2, 3]), s8("b", [2, 3])],
      options: { 0: { int32: 2 } },
    });
    expect(tensors(split, split.outputs).map((t) => t.shape)).toEqual([
      [2, 3],
      [2, 3],
    ]);
    const sized = importOne({
      kind: "SPLIT_V",
      inputs: [s8("x", [2, 6]), int32("sizes", 1, -1, 2), scalar("axis", 1)],
      outputs: [s8("a", [2, 1]), s8("b", [2, 3]), s8("c", [2, 2])],
    });
    expect(nodeNamed(sized, "SPLIT_V_0").attributes).toEqual({ axis: 1, sizes: [1, 3, 2] });
  });

  test("PACK adds an axis and joins; UNPACK cuts and drops it, leaving out what nobody reads", () => {
    const packed = importOne({
      kind: "PACK",
      inputs: [s8("a", [2, 3]), s8("b", [2, 3])],
      outputs: [s8("y", [2, 2, 3])],
      options: { 0: { int32: 2 }, 1: { int32: 1 } },
    });
    expect(ops(packed)).toEqual(["reshape", "reshape", "concatenation"]);
    expect(outputOf(packed).shape).toEqual([2, 2, 3]);
    const spec = {
      tensors: [s8("x", [3, 4]), s8("a", [4]), s8("b", [4]), s8("c", [4])],
      operators: [
        { kind: "UNPACK", inputs: ["x"], outputs: ["a", "b", "c"], options: { 0: { int32: 3 }, 1: { int32: 0 } } },
      ],
      inputs: ["x"],
      outputs: ["a", "c"],
    };
    const unpacked = importTflite(writeTflite(spec));
    validateModel(unpacked, findOp);
    expect(unpacked.nodes.map((node) => node.name)).toEqual(["UNPACK_0/split", "UNPACK_0/0", "UNPACK_0/2"]);
    expect(tensors(unpacked, unpacked.outputs).map((t) => t.name)).toEqual(["a", "c"]);
  });

  test("PAD takes pairs; PADV2 only the zero point", () => {
    const padding: TensorSpec = { name: "p", type: "INT32", shape: [2, 2], data: [0, 1, 2, 3] };
    expect(outputOf(unary("PAD", [2, 2], [padding])).shape).toEqual([3, 7]);
    const fill = (value: number) => s8("fill", [], { data: [value], zeroPoint: 0 });
    expect(outputOf(unary("PADV2", [2, 2], [padding, fill(0)])).shape).toEqual([3, 7]);
    expect(() => unary("PADV2", [2, 2], [padding, fill(1)])).toThrow(/fills with a value that is not 0/);
  });

  test("RESIZE passes its flags on", () => {
    const size = int32("size", 6, 8);
    const bilinear = unary("RESIZE_BILINEAR", [1, 3, 4, 2], [size], { 2: { int8: 0 }, 3: { int8: 1 } });
    expect(nodeNamed(bilinear, "RESIZE_BILINEAR_0").attributes).toEqual({
      size: [6, 8],
      alignCorners: false,
      halfPixelCenters: true,
      unsigned: false,
    });
    const nearest = unary("RESIZE_NEAREST_NEIGHBOR", [1, 3, 4, 2], [size], { 0: { int8: 1 } });
    expect(nodeNamed(nearest, "RESIZE_NEAREST_NEIGHBOR_0").attributes).toMatchObject({ alignCorners: true });
  });
});

describe("CONCATENATION", () => {
  const join = (make: typeof s8, a: Partial<TensorSpec>, b: Partial<TensorSpec>) =>
    importOne({
      kind: "CONCATENATION",
      inputs: [make("a", [1, 2], a), make("b", [1, 3], b)],
      outputs: [make("y", [1, 5])],
      options: { 0: { int32: -1 } },
    });

  test("int8 inputs must agree", () => {
    expect(join(s8, {}, {}).nodes).toHaveLength(1);
    expect(() => join(s8, {}, { scale: 0.25 })).toThrow(/differ in scale or zero point/);
  });

  test("uint8 inputs that differ are rescaled as TFLite's concatenation does", () => {
    const model = join(u8, {}, { scale: 0.25 });
    const rescale = nodeNamed(model, "CONCATENATION_0/input1");
    expect(rescale).toMatchObject({
      op: "requantize",
      numerics: "tflite",
      attributes: { arithmetic: "concatenation" },
    });
    expect(tensors(model, rescale.outputs)[0]?.quantization).toEqual({ scale: [0.5], zeroPoint: -28 });
    expect(model.nodes.some((node) => node.name === "CONCATENATION_0/input0")).toBe(false);
  });
});

describe("QUANTIZE and DEQUANTIZE", () => {
  const quantize = (x: TensorSpec, y: TensorSpec) => importOne({ kind: "QUANTIZE", inputs: [x], outputs: [y] });

  test("uint8 model input to int8 is one exact node", () => {
    const model = quantize(u8("x", [4], { zeroPoint: 128 }), s8("y", [4]));
    expect(model.nodes).toMatchObject([{ op: "requantize", numerics: "tflite" }]);
    expect(tensors(model, model.inputs)[0]?.dtype).toBe("uint8");
  });

  test("int8 to a uint8 model output is one exact node", () => {
    const model = quantize(s8("x", [4]), u8("y", [4], { zeroPoint: 128 }));
    expect(model.nodes).toMatchObject([{ op: "requantize", numerics: "tflite" }]);
    expect(outputOf(model)).toMatchObject({ name: "y", dtype: "uint8" });
  });

  test("uint8 to uint8 has XNNPACK's arithmetic, on shifted tensors", () => {
    const model = quantize(u8("x", [4]), u8("y", [4], { scale: 0.25 }));
    expect(model.nodes.map((node) => [node.name, node.numerics])).toEqual([
      ["x/int8", "tflite"],
      ["QUANTIZE_0", "xnnpack"],
      ["OUTPUT_0", "tflite"],
    ]);
  });

  test("float32 to uint8 and back need no detour", () => {
    expect(ops(quantize(f32("x", [4]), u8("y", [4])))).toEqual(["quantize"]);
    const model = importOne({ kind: "DEQUANTIZE", inputs: [u8("x", [4])], outputs: [f32("y", [4])] });
    expect(ops(model)).toEqual(["dequantize"]);
  });

  test("a constant is dequantized while importing, float16 or int8, per tensor or per channel", () => {
    const add = (constant: TensorSpec) => ({
      tensors: [f32("x", [2, 2]), constant, f32("c", [2, 2]), f32("y", [2, 2])],
      operators: [
        { kind: "DEQUANTIZE", inputs: [constant.name], outputs: ["c"] },
        { kind: "ADD", inputs: ["x", "c"], outputs: ["y"] },
      ],
      inputs: ["x"],
      outputs: ["y"],
    });
    const constant = (tensor: TensorSpec) => {
      const model = importTflite(writeTflite(add(tensor)));
      expect(ops(model)).toEqual(["add"]);
      return [...elementsOf("float32", tensors(model, model.nodes[0]?.inputs ?? [])[1]?.data as Uint8Array)];
    };
    const half = { name: "h", type: "FLOAT16", shape: [2, 2], data: [0x3c00, 0xc100, 0x0001, 0x7bff] };
    expect(constant(half)).toEqual([1, -2.5, 2 ** -24, 65504]);
    expect(constant(s8("q", [2, 2], { data: [1, 2, 3, -4], zeroPoint: 1 }))).toEqual([0, 0.5, 1, -2.5]);
    const perChannel = s8("q", [2, 2], { data: [1, 2, 3, -4], scale: [0.5, 2], zeroPoint: [0, 0], axis: 0 });
    expect(constant(perChannel)).toEqual([0.5, 1, 6, -8]);
  });

  describe("dequantized weights stay stored as they were", () => {
    const stored = (weights: TensorSpec) => {
      const model = importTflite(
        writeTflite({
          tensors: [f32("x", [1, 3]), weights, f32("w", [2, 3]), f32("y", [1, 2])],
          operators: [
            { kind: "DEQUANTIZE", inputs: [weights.name], outputs: ["w"] },
            { kind: "FULLY_CONNECTED", inputs: ["x", "w", null], outputs: ["y"] },
          ],
          inputs: ["x"],
          outputs: ["y"],
        }),
      );
      validateModel(model, findOp);
      expect(ops(model)).toEqual(["fully_connected"]);
      const { dtype, data, quantization } = tensors(model, model.nodes[0]?.inputs ?? [])[1] as Tensor;
      return { dtype, data: [...(data as Uint8Array)], quantization };
    };
    const data = [1, 2, 3, 4, 5, 6];

    test("float16", () => {
      const half = { name: "h", type: "FLOAT16", shape: [2, 3], data: [0x3c00, 0xc100, 1, 2, 3, 0x7bff] };
      expect(stored(half)).toEqual({
        dtype: "float16",
        data: [0x00, 0x3c, 0x00, 0xc1, 1, 0, 2, 0, 3, 0, 0xff, 0x7b],
        quantization: undefined,
      });
    });

    test("int8 with one scale, or one per output channel", () => {
      expect(stored(s8("q", [2, 3], { data, zeroPoint: 7 }))).toEqual({
        dtype: "int8",
        data,
        quantization: { scale: [0.5], zeroPoint: 7 },
      });
      const scale = [0.5, 2];
      expect(stored(s8("q", [2, 3], { data, scale, zeroPoint: [0, 0], axis: 0 }))).toEqual({
        dtype: "int8",
        data,
        quantization: { scale, zeroPoint: 0, axis: 0 },
      });
    });

    test("but not with scales that weights cannot have: then they are float32, with the same values", () => {
      const input = s8("q", [2, 3], { data, scale: [1, 2, 4], zeroPoint: [0, 0, 0], axis: 1 });
      const float = stored(input);
      expect(float.dtype).toBe("float32");
      expect([...elementsOf("float32", Uint8Array.from(float.data))]).toEqual([1, 4, 12, 4, 10, 24]);
      expect(stored(s8("q", [2, 3], { data, scale: [1, 2], zeroPoint: [0, 1], axis: 0 })).dtype).toBe("float32");
    });
  });
});

describe("computing operators", () => {
  const unary = (kind: string, make: typeof s8, options: Record<number, Field> = {}, out: Partial<TensorSpec> = {}) =>
    importOne({ kind, inputs: [make("x", [1, 4, 4, 2])], outputs: [make("y", [1, 4, 4, 2], out)], options });

  test.each([
    ["LOGISTIC", "logistic", { unsigned: true }],
    ["TANH", "tanh", { unsigned: true }],
    ["RELU", "relu", { activation: "relu" }],
    ["RELU6", "relu", { activation: "relu6" }],
    ["RELU_N1_TO_1", "relu", { activation: "relu_n1_to_1" }],
    ["HARD_SWISH", "hard_swish", {}],
  ])("%s", (kind, op, attributes) => {
    const node = nodeNamed(unary(kind, u8), `${kind}_0`);
    expect([node.op, node.attributes]).toEqual([op, attributes]);
    expect(nodeNamed(unary(kind, f32), `${kind}_0`).numerics).toBe("xnnpack");
  });

  test("SOFTMAX and LEAKY_RELU take their parameter", () => {
    expect(nodeNamed(unary("SOFTMAX", s8, { 0: { float32: 2 } }), "SOFTMAX_0").attributes["beta"]).toBe(2);
    const leaky = nodeNamed(unary("LEAKY_RELU", s8, { 0: { float32: 0.25 } }), "LEAKY_RELU_0");
    expect(leaky).toMatchObject({ numerics: "xnnpack", attributes: { alpha: 0.25 } });
  });

  test("pools", () => {
    const options = {
      0: { int8: 1 },
      1: { int32: 2 },
      2: { int32: 1 },
      3: { int32: 3 },
      4: { int32: 2 },
      5: { int8: 2 },
    };
    const average = nodeNamed(unary("AVERAGE_POOL_2D", u8, options), "AVERAGE_POOL_2D_0");
    expect(average.attributes).toEqual({
      filter: [2, 3],
      stride: [1, 2],
      padding: [0, 0, 0, 0],
      activation: "relu_n1_to_1",
      unsigned: true,
    });
    expect(average.numerics).toBe("tflite");
    expect(nodeNamed(unary("MAX_POOL_2D", s8, options), "MAX_POOL_2D_0").numerics).toBe("xnnpack");
  });

  test("MEAN sorts its axes and counts negative ones from the end", () => {
    const model = importOne({
      kind: "MEAN",
      inputs: [s8("x", [1, 4, 5, 2]), int32("axes", -2, 1, 1)],
      outputs: [s8("y", [1, 2])],
      options: { 0: { int8: 0 } },
    });
    expect(nodeNamed(model, "MEAN_0").attributes).toEqual({ axes: [1, 2], keepDims: false, unsigned: false });
    expect(outputOf(model).shape).toEqual([1, 2]);
  });

  test("ARG_MAX", () => {
    const model = importOne({
      kind: "ARG_MAX",
      inputs: [u8("x", [2, 5]), scalar("axis", -1)],
      outputs: [{ name: "y", type: "INT64", shape: [2] }],
    });
    expect(outputOf(model)).toMatchObject({ dtype: "int64", shape: [2] });
  });

  test("ADD, SUB and MUL broadcast, and fall to the built-in kernel by their scales", () => {
    const add = (scale: number) =>
      importOne({
        kind: "ADD",
        inputs: [s8("a", [1, 4, 4, 2]), s8("b", [2], { data: [1, 2], scale })],
        outputs: [s8("y", [1, 4, 4, 2])],
        options: { 0: { int8: 1 } },
      });
    expect(nodeNamed(add(0.5), "ADD_0")).toMatchObject({ numerics: "xnnpack", attributes: { activation: "relu" } });
    expect(nodeNamed(add(1e-6), "ADD_0").numerics).toBe("tflite");
  });
});
