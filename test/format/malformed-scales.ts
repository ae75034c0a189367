import type { Attributes, Numerics, Tensor } from "../../host/core/model.js";
import { writeQbin } from "../../host/format/write.js";
import { singleNode } from "../conformance/case.js";
import type { Malformed } from "./malformed-edits.js";
import { activation } from "./models.js";
import { editHeader } from "./surgery.js";

interface Scales {
  readonly op: string;
  readonly attributes: Attributes;
  readonly numerics: Numerics;
  /** Scales of the inputs, then of the output, for which the node is valid. */
  readonly valid: readonly number[];
  /** And those with which it is not. */
  readonly refused: readonly number[];
  readonly shape?: readonly number[];
}

/** A file of one node whose scales, changed, give its arithmetic no result. */
const scaled =
  ({ op, attributes, numerics, valid, refused, shape = [4] }: Scales) =>
  () => {
    const inputs: Tensor[] = valid.slice(0, -1).map((scale, i) => activation(`x${i}`, shape, scale));
    const output = activation("y", shape, valid.at(-1));
    return editHeader(writeQbin(singleNode(op, inputs, [output], attributes, numerics)), (h) => {
      refused.forEach((scale, i) => {
        h.tensors[i].quantization.scale = scale;
      });
    });
  };

/** A pool from and to pictures of this shape, as large as a header can say. */
const pool = (op: string, shape: readonly number[], filter: readonly number[], padding: readonly number[]) => () => {
  const attributes = { filter: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0], activation: "none", unsigned: false };
  const small = singleNode(op, [activation("x", [1, 1, 1, 1])], [activation("y", [])], attributes, "tflite");
  return editHeader(writeQbin(small), (h) => {
    for (const tensor of h.tensors) tensor.shape = shape;
    Object.assign(h.nodes[0].attributes, { filter, padding });
  });
};

const plain = { activation: "none", unsigned: false };

/** R38, R39 and R41: scales and sizes for which the arithmetic has no result, or none in time. */
export const MALFORMED_SCALES: readonly Malformed[] = [
  {
    name: "R38-unsigned-float",
    message: 'add "add" (node 0) unsigned is true; must be false where nothing is quantized [R38]',
    make: () => {
      const x: Tensor = { name: "x", dtype: "float32", shape: [1] };
      const model = singleNode("add", [x, { ...x, name: "z" }], [{ name: "y", dtype: "float32" }], plain);
      return editHeader(writeQbin(model), (h) => {
        h.nodes[0].attributes.unsigned = true;
      });
    },
  },
  {
    name: "R39-fixed-point-factor-of-2-to-the-30",
    message: 'relu "relu" (node 0): rescales by 1073741824; fixed-point factors are below 2^30 [R39]',
    make: scaled({
      op: "relu",
      attributes: { activation: "relu" },
      numerics: "tflite",
      valid: [2 ** 29, 1],
      refused: [2 ** 30, 1],
    }),
  },
  {
    name: "R39-sum-of-scales-too-far-apart",
    message:
      'add "add" (node 0): input scale / output scale is 256; a sum in numerics "xnnpack" takes 2^-10 to 256. Use "tflite" [R39]',
    make: scaled({ op: "add", attributes: plain, numerics: "xnnpack", valid: [1, 255, 1], refused: [1, 256, 1] }),
  },
  {
    name: "R39-product-of-scales-is-0",
    message:
      'mul "mul" (node 0): input scales 1.1754943508222875e-38 and 2.220446049250313e-16 over 1 are 0 in float32 [R39]',
    make: scaled({
      op: "mul",
      attributes: plain,
      numerics: "xnnpack",
      valid: [2 ** -126, 1, 1],
      refused: [2 ** -126, 2 ** -52, 1],
    }),
  },
  {
    name: "R39-8-bit-factor-above-128",
    message:
      'leaky_relu "leaky_relu" (node 0): rescales by 128.5; numerics "xnnpack" takes −127.996 to 128 here. Use "tflite" [R39]',
    make: scaled({
      op: "leaky_relu",
      attributes: { alpha: 0.5 },
      numerics: "xnnpack",
      valid: [128, 1],
      refused: [128.5, 1],
    }),
  },
  {
    name: "R39-sum-times-scale-overflows",
    message: 'mean "mean" (node 0): scales 2.658455991569832e+36, 1 are too far apart: rescaling exceeds float32 [R39]',
    make: scaled({
      op: "mean",
      attributes: { axes: [], keepDims: true, unsigned: false },
      numerics: "xnnpack",
      valid: [2 ** 119, 1],
      refused: [2 ** 121, 1],
    }),
  },
  {
    name: "R39-softmax-factor-overflows",
    message: 'softmax "softmax" (node 0): input scale 1.329227995784916e+36 times beta 1000 exceeds float32 [R39]',
    make: scaled({
      op: "softmax",
      attributes: { beta: 1000, unsigned: false },
      numerics: "tflite",
      valid: [2 ** 110, 2 ** 90],
      refused: [2 ** 120, 2 ** 90],
    }),
  },
  {
    name: "R39-average-of-more-than-int32-sums-up",
    message:
      'average_pool2d "average_pool2d" (node 0): 16777216 elements are summed up in int32; it holds 8388608 [R39]',
    make: pool("average_pool2d", [1, 4096, 4096, 1], [4096, 4096], [2048, 2048, 2047, 2047]),
  },
  {
    name: "R41-more-than-2-to-the-40-taps",
    message: 'work up to max_pool2d "max_pool2d" (node 0) is 1169304846336; must be at most 1099511627776 [R41]',
    make: pool("max_pool2d", [1, 32768, 32768, 1], [33, 33], [16, 16, 16, 16]),
  },
];
