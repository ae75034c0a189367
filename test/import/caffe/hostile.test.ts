import { describe, expect, test } from "vitest";
import { importCaffe, importModel } from "../../../host/import/index.js";
import { fileBytes, pair } from "./models.js";
import { layer, prototxt, writeCaffemodel } from "./write-caffe.js";

const encode = (text: string) => new TextEncoder().encode(text);
const weights = writeCaffemodel({
  layer: [
    { dims: [2, 3, 1, 1], data: [1, 2, 3, 4, 5, 6] },
    { dims: [2], data: [1, 2] },
  ],
});
const names = { name: "a/net.prototxt", weightsName: "net.caffemodel" };
const read = (net: Uint8Array | string, model = weights, options = {}) =>
  importCaffe(typeof net === "string" ? encode(net) : net, model, { ...names, ...options });

const HEAD = 'input: "data" input_shape { dim: 1 dim: 3 dim: 4 dim: 5 }';
const CONV = "convolution_param { num_output: 2 kernel_size: 1 }";

describe("text that is no network", () => {
  test.each<[text: string, message: string]>([
    ["", "it has no layers"],
    ["name: 'x'", "it has no layers"],
    ["layer {", 'line 1: a "}" is missing, there is the end of the file'],
    [`${HEAD}\n\nlayer { name: }`, 'line 3: a string in quotes is expected, there is "}"'],
    ["layer { name: 'a\n' }", 'line 1: "\'" is no part of this format'],
    ["layer [ { name: 'a' ", 'line 1: "layer" needs a ":" or a "{", there is "["'],
    ["layer: [ { name: 'a' } { } ]", 'line 1: a "," or "]" is missing, there is "{"'],
    ["input_dim: 1.5", 'line 1: a whole number is expected, there is "1.5"'],
    ["input_dim: 99999999999999999999", "line 1: a whole number is expected"],
    ["layer { bottom: 3 }", 'line 1: a string in quotes is expected, there is "3"'],
    ["layer { pooling_param { pool: MIN } }", 'line 1: one of MAX, AVE, STOCHASTIC is expected, there is "MIN"'],
    ["layer { convolution_param { bias_term: maybe } }", 'line 1: true or false is expected, there is "maybe"'],
    ["layer { lrn_param { alpha: high } }", 'line 1: a number is expected, there is "high"'],
    ["layer { \u0007 }", 'line 1: "?" is no part of this format'],
    [`${HEAD} layer { x { ${"a { ".repeat(40)}`, "line 1: messages nest more than 32 deep"],
    ["layers { layer { name: 'a' type: 'conv' } }", "its layers are in the first version of the format"],
    [`${layer("ReLU")} layers { name: "b" type: RELU }`, 'it has both "layer" and "layers"'],
    [
      `input: "data" input_dim: 1 input_dim: 3 ${layer("ReLU")}`,
      "it has 1 inputs and 2 numbers in input_dim; it must have 4 each",
    ],
    [`input: "data" input: "data" ${layer("ReLU")}`, 'two inputs are named "data"'],
    [
      `layer { name: "d" type: "Input" top: "data" input_param { shape { dim: 1 } shape { dim: 2 } } } ${layer("ReLU")}`,
      'input layer "d" has 1 results and 2 shapes',
    ],
    [`${HEAD} ${layer("ReLU", "", { bottom: "x" })}`, 'a layer reads "x" before any other computes it'],
    [`${HEAD} ${layer("ReLU")} ${layer("TanH", "", { bottom: "out", top: "y" })}`, 'two layers are named "layer"'],
  ])("%j", (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(/^a\/net\.prototxt: \P{C}+$/u);
  });

  test("binary", () => {
    expect(() => read(weights)).toThrow(/^a\/net\.prototxt: (line 1|it is not text)/);
    expect(() => read(Uint8Array.of(0xff, 0xfe))).toThrow("it is not text in UTF-8; is it the .caffemodel?");
  });

  test("millions of values", () => {
    expect(() => read(`${HEAD} ${"input_dim: 1\n".repeat(1_100_000)}`)).toThrow("it has more than 1048576 values");
  });

  test("comments, lists, angle brackets, neighbouring strings and separators are part of the format", () => {
    const text = `# a network\n${HEAD.replaceAll("dim: ", "dim: +")};\nlayer: < name: "la" 'yer', type: 'Re' "LU" bottom: ["data"] top: "o\\x75t" >`;
    expect(read(text).nodes.map(({ op, name }) => [op, name])).toEqual([["relu", "layer"]]);
  });
});

describe("weights that do not fit", () => {
  test.each<[what: string, model: Uint8Array, message: string]>([
    ["cut short", weights.subarray(0, weights.length - 5), "net.caffemodel: its protobuf encoding is broken"],
    ["none", new Uint8Array(0), "net.caffemodel: it has no layers; it is no .caffemodel or it is cut short"],
    [
      "another network's",
      writeCaffemodel({ conv9: [{ dims: [1], data: [1] }] }),
      "the .caffemodel has no weights for it",
    ],
    [
      "without a bias",
      writeCaffemodel({ layer: [{ dims: [2, 3, 1, 1], data: [1, 2, 3, 4, 5, 6] }] }),
      "has 1 blobs for it, bias_term true takes 2",
    ],
    [
      "of another shape",
      writeCaffemodel({
        layer: [
          { dims: [2, 3], data: [1, 2, 3, 4, 5, 6] },
          { dims: [2], data: [1, 2] },
        ],
      }),
      "its weights [2,3] in the .caffemodel must be [2,3,1,1] by the .prototxt",
    ],
    [
      "fewer than their shape says",
      writeCaffemodel({ layer: [{ dims: [2, 3, 1, 1], data: [1] }] }),
      'weights of "layer" [2,3,1,1] takes 6 numbers, the file has 1',
    ],
    [
      "more than there can be",
      writeCaffemodel({ layer: [{ dims: [2 ** 40, 2 ** 40], data: [1] }] }),
      'weights of "layer" has shape [1099511627776,1099511627776]',
    ],
    [
      "of negative size",
      writeCaffemodel({ layer: [{ dims: [-2, -3, 1, 1], data: [1, 2, 3, 4, 5, 6] }] }),
      "has shape [-2,-3,1,1]",
    ],
  ])("%s", (_, model, message) => {
    const net = `${HEAD} ${layer("Convolution", CONV)}`;
    expect(() => read(net, model)).toThrow(message);
    expect(() => read(net, model)).toThrow(/^a\/net\.prototxt: \P{C}+$/u);
  });
});

describe("layers that cannot be", () => {
  const ristretto = (p: string) =>
    layer("ConvolutionRistretto", `${CONV} quantization_param { bw_layer_in: 8 bw_layer_out: 8 bw_params: 8 ${p} }`);
  test.each<[text: string, message: string]>(
    [
      [layer("Embed"), 'Embed (layer 0, "layer"): qbin has no such layer'],
      [layer("LRNRistretto", "quantization_param { precision: MINIFLOAT }"), "qbin has no such layer"],
      [layer("Convolution", "convolution_param { kernel_size: 1 }"), "its num_output is missing"],
      [layer("Convolution", "convolution_param { num_output: 2 }"), "it has no kernel_size"],
      [
        layer("Convolution", "convolution_param { num_output: 2 kernel_size: 1 kernel_h: 2 }"),
        "it has kernel_size and its height and width",
      ],
      [
        layer("Convolution", "convolution_param { num_output: 2 kernel_size: [1, 1, 1] }"),
        "more than a height and a width",
      ],
      [layer("Convolution", "convolution_param { num_output: 2 kernel_size: 99999999 }"), "must be 1 to 65535"],
      [
        layer("Convolution", "convolution_param { num_output: 2 kernel_size: 0 }"),
        "its kernel_size [0,0] must be 1 to 65535",
      ],
      [
        layer("Convolution", "convolution_param { num_output: 2 kernel_size: 1 group: 2 }"),
        "do not divide into 2 groups",
      ],
      [
        layer("Convolution", "convolution_param { num_output: 2 kernel_size: 1 axis: 2 }"),
        "its axis is 2; channels are axis 1",
      ],
      [
        layer("Convolution", "convolution_param { num_output: 2 kernel_size: 1 sparse: true }"),
        'its parameter "sparse" is not known',
      ],
      [layer("Convolution", "convolution_param { num_output: 2 kernel_size: 9 }"), "kernel_size"],
      [layer("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 }"), "its pool is STOCHASTIC"],
      [layer("Pooling", "pooling_param { kernel_size: 1 stride: 3 }"), "its last window begins behind [1,3,4,5]"],
      [layer("Pooling", "pooling_param { kernel_size: 2 pad: 2 }"), "its pad [2,2] must be smaller than its kernel"],
      [layer("LRN", "lrn_param { local_size: 4 }"), "its local_size 4 must be odd"],
      [layer("Scale"), "the .caffemodel must be [3] by the .prototxt"],
      [layer("Slice", "slice_param { slice_point: [2, 1] }"), "its bottoms"],
      [
        layer("Reshape", "reshape_param { shape { dim: [7, -1] } }"),
        "[1,3,4,5] has 60 elements and does not fit into [7,-1]",
      ],
      [layer("Permute", "permute_param { order: [0, 0] }"), "its order [0,0] is no permutation of 4 axes"],
      [layer("Softmax", "softmax_param { axis: 7 }"), "axis 7 is outside a blob of 4 axes"],
      [layer("Eltwise"), "it has 1 bottoms and 1 tops"],
      [layer("BatchNorm", "batch_norm_param { use_global_stats: false }"), "it takes statistics of the batch"],
      [layer("Log", "log_param { base: 1 }"), "its base is 1"],
      [ristretto("precision: MINIFLOAT"), "its precision is MINIFLOAT; qbin takes DYNAMIC_FIXED_POINT"],
      [ristretto("rounding_scheme: STOCHASTIC"), "its rounding is STOCHASTIC, which has no fixed result"],
      [ristretto("bw_params: 1"), "its bw_params is 1; it must be 2 to 32"],
      [ristretto("fl_layer_in: 99"), "its fl_layer_in is 99; it must be within ±60"],
      [ristretto("unsigned_data: true"), 'its parameter "unsigned_data" is not Ristretto\'s'],
    ].filter(([, message]) => message !== "kernel_size" && message !== "its bottoms") as [string, string][],
  )("%s", (text, message) => {
    expect(() => read(`${HEAD} ${text}`)).toThrow(message);
    expect(() => read(`${HEAD} ${text}`)).toThrow(
      /^a\/net\.prototxt: 1 operator is not supported: \w+ \(layer 0, "layer"\): \P{C}+$/u,
    );
  });

  test("all of them are in one error, without those that read their results", () => {
    const net = [
      HEAD,
      layer("Embed", "", { name: "a" }),
      layer("ReLU", "", { name: "b", bottom: "out", top: "x" }),
      layer("LSTM", "", { name: "c", top: "y" }),
    ];
    expect(() => read(net.join("\n"))).toThrow(
      '2 operators are not supported: Embed (layer 0, "a"): qbin has no such layer; LSTM (layer 2, "c"): qbin has no such layer',
    );
  });

  test("NaN has no fixed-point form", () => {
    const model = writeCaffemodel({
      layer: [
        { dims: [2, 3, 1, 1], data: [1, 2, 3, 4, 5, Number.NaN] },
        { dims: [2], data: [1, 2] },
      ],
    });
    expect(() => read(`${HEAD} ${ristretto("fl_layer_in: 3")}`, model)).toThrow("its weights hold NaN");
  });

  test("huge inputs", () => {
    expect(() => read(prototxt([99999, 99999, 99999, 99999], layer("ReLU")))).toThrow("more than 1073741824 elements");
    expect(() => read(prototxt([1, 0, 4, 4], layer("ReLU")))).toThrow("every dimension must be a positive integer");
    expect(() => read(prototxt([1, 2, 3], layer("ReLU")), weights, { shapes: { x: [1] } })).toThrow(
      'there is no input named "x"',
    );
    expect(() => read(prototxt([1, 2, 3], layer("ReLU")), weights, { outputs: ["x"] })).toThrow(
      'no layer computes "x"',
    );
  });
});

describe("which file is which", () => {
  const [net, model] = pair("plain");
  test("importModel takes both, the network first", () => {
    const { format, model: data } = importModel(net, { weights: model, name: "net.prototxt" });
    expect(format).toBe("caffe");
    expect(data.name).toBe("net");
    expect(() => importModel(model, { weights: net, name: "m" })).toThrow(
      "m: the .prototxt of a Caffe network comes first, then the .caffemodel",
    );
    expect(() => importModel(net, { name: "m" })).toThrow(
      "m: this is a Caffe network; its weights are another file, the .caffemodel",
    );
    expect(() => importModel(model, { name: "m" })).toThrow(
      "m: this is no TFLite, ONNX or Caffe model; if it is a .caffemodel, it is read together with its .prototxt",
    );
    expect(() => importModel(net, { weights: model, numerics: "tflite", name: "m" })).toThrow(
      "m: numerics is for TFLite files",
    );
    const tflite = new TextEncoder().encode("1234TFL3");
    expect(() => importModel(tflite, { ties: "away", name: "m" })).toThrow("m: ties is for Caffe files");
    expect(() => importModel(tflite, { weights: model, name: "m" })).toThrow(
      "m: a file with weights is for Caffe files",
    );
    expect(() => importModel(net, { weights: model, dims: { n: 1 }, name: "m" })).toThrow("m: dims is for ONNX files");
  });

  test("a Buffer does as well", () => {
    const data = importCaffe(Buffer.from(fileBytes("plain.prototxt")), Buffer.from(fileBytes("plain.caffemodel")));
    expect(data.nodes.length).toBeGreaterThan(8);
  });
});
