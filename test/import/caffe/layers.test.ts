import { describe, expect, test } from "vitest";
import { importCaffe, importCaffeWithNotes } from "../../../host/import/index.js";
import { prepare } from "../../../host/passes/index.js";
import { runReference } from "../../../host/reference/index.js";
import { type BlobSpec, type LayerBlobs, layer, prototxt, writeCaffemodel } from "./write-caffe.js";

const NO_WEIGHTS = writeCaffemodel({ other: [{ dims: [1], data: [1] }] });

/** Outputs of the network for inputs counted up from −1 in steps of 1/4. */
function compute(net: Uint8Array, weights = NO_WEIGHTS, options = {}): number[][] {
  const data = importCaffe(net, weights, options);
  const inputs = data.inputs.map((index) => {
    const { shape } = data.tensors[index]!;
    return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 4 - 1);
  });
  const values = runReference(data, inputs);
  return data.outputs.map((index) => [...(values[index] as Float32Array)]);
}

const single = (dims: readonly number[], type: string, parameters = "", blobs: readonly BlobSpec[] = []) =>
  compute(prototxt(dims, layer(type, parameters)), blobs.length > 0 ? writeCaffemodel({ layer: blobs }) : NO_WEIGHTS);

describe("layers that OpenCV does not know, or knows in another way", () => {
  test.each<[type: string, parameters: string, f: (x: number) => number]>([
    ["Log", "log_param { shift: 3 }", (x) => Math.log(3 + x)],
    ["Log", "log_param { base: 2 scale: 0.5 shift: 3 }", (x) => Math.log2(3 + 0.5 * x)],
    ["Exp", "exp_param { base: 3 scale: 2 shift: 1 }", (x) => 3 ** (1 + 2 * x)],
    ["Power", "power_param { power: -1 shift: 5 }", (x) => 1 / (5 + x)],
    ["Power", "power_param { power: 0.5 shift: 5 scale: 2 }", (x) => Math.sqrt(5 + 2 * x)],
    ["Power", "", (x) => x],
    ["Dropout", "dropout_param { dropout_ratio: 0.5 scale_train: true }", (x) => x],
  ])("%s %s", (type, parameters, f) => {
    const [out] = single([1, 2, 3, 2], type, parameters);
    out!.forEach((y, i) => {
      expect(y).toBeCloseTo(f(i / 4 - 1), 4);
    });
  });

  test("Bias, trained and computed, and a Scale that is a scalar", () => {
    expect(single([1, 2, 1, 2], "Bias", "", [{ dims: [2], data: [10, 20] }])).toEqual([[9, 9.25, 19.5, 19.75]]);
    expect(
      single([1, 2, 1, 2], "Bias", "bias_param { axis: 2 num_axes: -1 }", [{ dims: [1, 2], data: [10, 20] }]),
    ).toEqual([[9, 19.25, 9.5, 19.75]]);
    expect(single([1, 2, 1, 2], "Scale", "scale_param { num_axes: 0 }", [{ dims: [], data: [4] }])).toEqual([
      [-4, -3, -2, -1],
    ]);
    const both = layer("Bias", "bias_param { axis: 1 }", { bottom: 'data" bottom: "addend' });
    const [out] = compute(
      new TextEncoder().encode(
        `input: "data" input: "addend" input_dim: [1,2,1,2, 1,2,1,2] layer { name: "f" type: "Slice" bottom: "addend" top: "a" top: "b"
         slice_param { axis: 3 } } layer { name: "r" type: "Reshape" bottom: "b" top: "c" reshape_param { shape { dim: 2 } } }
         layer { name: "s" type: "Silence" bottom: "a" } ${both.replace('bottom: "addend"', 'bottom: "c"')}`,
      ),
    );
    expect(out).toEqual([-1.75, -1.5, -0.75, -0.5]);
  });

  test("Split, and a Slice into equal parts", () => {
    const parts = 'layer { name: "s" type: "Slice" bottom: "data" top: "a" top: "b" }';
    const copies = 'layer { name: "c" type: "Split" bottom: "b" top: "d" top: "e" }';
    const net = prototxt([1, 2, 1, 2], `${parts}\n${copies}\n${layer("ReLU", "", { bottom: "d", top: "d" })}`);
    expect(compute(net)).toEqual([
      [-1, -0.75],
      [-0.5, -0.25],
      [0, 0],
    ]);
  });

  test("a pad of one axis is enough for Caffe to drop windows of the other", () => {
    const pool = "pooling_param { pool: MAX kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 3 pad_h: 1 }";
    expect(single([1, 1, 3, 9], "Pooling", pool)[0]).toHaveLength(2 * 3);
  });

  test("a window may be larger than the picture", () => {
    expect(single([1, 1, 2, 2], "Pooling", "pooling_param { pool: MAX kernel_size: 3 stride: 2 }")).toEqual([[-0.25]]);
    expect(single([1, 1, 2, 2], "Pooling", "pooling_param { pool: AVE kernel_size: 3 stride: 2 }")).toEqual([[-0.625]]);
  });

  test("round_mode FLOOR drops the last window", () => {
    const pool = "pooling_param { pool: MAX kernel_size: 2 stride: 2";
    expect(single([1, 1, 1, 5], "Pooling", `${pool.replace("kernel_size: 2", "kernel_h: 1 kernel_w: 2")} }`)).toEqual([
      [-0.75, -0.25, 0],
    ]);
    expect(single([1, 1, 2, 5], "Pooling", `${pool} round_mode: FLOOR }`)[0]).toHaveLength(2);
  });

  test("InnerProduct transposed", () => {
    const parameters = "inner_product_param { num_output: 2 transpose: true bias_term: false }";
    const blobs = [{ dims: [4, 2], data: [1, 10, 2, 20, 3, 30, 4, 40] }];
    expect(single([1, 1, 2, 2], "InnerProduct", parameters, blobs)).toEqual([[-5, -50]]);
  });

  test("weights of the oldest files, and in double precision", () => {
    const net = prototxt([1, 1, 2, 2], layer("InnerProduct", "inner_product_param { num_output: 1 }"));
    const old: LayerBlobs = {
      layer: [
        { legacy: [1, 1, 1, 4], data: [1, 2, 3, 4] },
        { legacy: [1, 1, 1, 1], data: [1], isDouble: true },
      ],
    };
    expect(compute(net, writeCaffemodel(old, { oldest: true }))).toEqual([[-4]]);
  });
});

describe("which layers count", () => {
  test("those of phase TRAIN, losses and measures do not", () => {
    const net = `name: "train_val"
      layer { name: "a" type: "Data" top: "data" top: "label" include { phase: TRAIN } transform_param { mean_value: 1 } }
      layer { name: "b" type: "Data" top: "data" top: "label" include { phase: TEST }
              transform_param { scale: 0.5 mean_value: 104 mean_value: 117 mean_value: 123 mirror: false } }
      layer { name: "r" type: "ReLU" bottom: "data" top: "r" exclude { phase: TRAIN } }
      layer { name: "t" type: "TanH" bottom: "r" top: "r" exclude { phase: TEST } }
      layer { name: "staged" type: "TanH" bottom: "r" top: "r" include { stage: "deploy" } }
      layer { name: "l" type: "SoftmaxWithLoss" bottom: "r" bottom: "label" top: "loss" }
      layer { name: "acc" type: "Accuracy" bottom: "r" bottom: "label" top: "accuracy" include { phase: TEST } }`;
    const read = (options: object) => importCaffe(new TextEncoder().encode(net), NO_WEIGHTS, options);
    const data = read({ shapes: { data: [1, 3, 2, 2] } });
    expect(data.nodes.map(({ op }) => op)).toEqual(["relu"]);
    expect(data.outputs.map((index) => data.tensors[index]!.name)).toEqual(["r"]);
    expect(data.preprocessing).toEqual([{ mean: [104, 117, 123], scale: [0.5], channelOrder: "bgr", layout: "nchw" }]);
    expect(read({ shapes: { data: [1, 3, 2, 2] }, layout: "nhwc" }).preprocessing[0]).toMatchObject({ layout: "nhwc" });
    expect(() => read({})).toThrow('input "data" has no shape in the file; give one with --shape');
  });

  test("outputs cut the network, as the last layer leaves them", () => {
    const layers = [
      layer("TanH", "", { top: "a" }),
      layer("ReLU", "", { name: "r", bottom: "a", top: "a" }),
      layer("AbsVal", "", { name: "b", bottom: "a" }),
    ];
    const data = importCaffe(prototxt([1, 2], layers.join("\n")), NO_WEIGHTS, { outputs: ["a"] });
    expect(data.nodes.map(({ op }) => op)).toEqual(["tanh", "relu"]);
  });

  test("a mean that is a file of its own is said to be missing", () => {
    const net = `layer { name: "d" type: "ImageData" top: "data" transform_param { mean_file: "mean.binaryproto" } } ${layer("ReLU")}`;
    const { warnings } = importCaffeWithNotes(new TextEncoder().encode(net), NO_WEIGHTS, {
      shapes: { data: [1, 3, 2, 2] },
    });
    expect(warnings).toEqual(['input "data": the mean in "mean.binaryproto" is not read; give it with --mean']);
  });

  test("BatchNorm and Scale end up in the weights of the convolution before them", () => {
    const conv = layer("Convolution", "convolution_param { num_output: 1 kernel_size: 1 bias_term: false }", {
      top: "a",
    });
    const norm = layer("BatchNorm", "", { name: "bn", bottom: "a", top: "a" });
    const scale = layer("Scale", "scale_param { bias_term: true }", { name: "scale", bottom: "a", top: "a" });
    const one = (x: number) => ({ dims: [1], data: [x] });
    const weights = writeCaffemodel({
      layer: [{ dims: [1, 1, 1, 1], data: [3] }],
      bn: [one(4), one(8), one(2)],
      scale: [one(5), one(7)],
    });
    const data = prepare(importCaffe(prototxt([1, 1, 1, 2], `${conv}\n${norm}\n${scale}`), weights));
    expect(data.nodes.map(({ op }) => op)).toContain("conv2d");
    expect(data.nodes.some(({ op }) => op === "mul" || op === "add")).toBe(false);
    const values = runReference(data, [Float32Array.of(1, 2)]);
    const y = values[data.outputs[0]!] as Float32Array;
    [1, 2].forEach((x, i) => {
      expect(y[i]).toBeCloseTo(((3 * x - 2) / Math.sqrt(4 + 1e-5)) * 5 + 7, 4);
    });
  });
});
